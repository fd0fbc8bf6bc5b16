/**
 * Runs every `*.test` file below a folder with uvu, one process, on the runtime that runs this. Closes with the line
 * `N passed, N failed` and fails when nothing ran: uvu alone is content with a pattern that matches no file.
 *
 *     node dist/src/testing/run.js dist [pattern]     deno run -A src/testing/run.ts src [pattern]
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [folder = 'src', pattern = ''] = process.argv.slice(2);
const uvu = fileURLToPath(import.meta.resolve('uvu')).replace(/dist[\\/].*$/, 'bin.js');
const isDeno = 'Deno' in globalThis;
const extension = isDeno ? '\\.test\\.ts$' : '\\.test\\.js$';
const runtime = isDeno ? ['run', '--quiet', '-A', uvu] : [uvu];
const child = spawn(process.execPath, [...runtime, folder, `${pattern}.*${extension}`], {
  stdio: ['ignore', 'pipe', 'inherit'],
});

let output = '';
child.stdout.on('data', (bytes: Uint8Array) => {
  process.stdout.write(bytes);
  output = (output + new TextDecoder().decode(bytes)).slice(-4096);
});
child.on('close', (code) => {
  const plain = output.replace(/\x1b\[\d+m/g, '');
  const count = (word: string): number =>
    Number(new RegExp(`${word}:\\s+(\\d+)`).exec(plain)?.[1] ?? 0);
  const total = count('Total');
  const passed = count('Passed');
  const failed = Math.max(total - passed, code === 0 ? 0 : 1);
  if (total === 0) process.stderr.write(`no test ran below ${folder}\n`);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${count('Skipped')} skipped\n`);
  process.exitCode = failed > 0 || total === 0 ? 1 : 0;
});
