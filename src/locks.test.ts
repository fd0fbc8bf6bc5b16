import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StorageError } from './errors.ts';
import { takeLock, waitForLock } from './locks.ts';
import { identify, type ProcessIdentity } from './processes.ts';
import { lackOfTime, skip, unless } from './testing/needs.ts';
import { scriptUrl } from './workers/pool.ts';

interface Context {
  directory: string;
  path: string;
}

const test = suite<Context>('locks');
const slow = unless(test, lackOfTime());

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-locks-'));
  context.path = join(context.directory, 'run.lock');
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const purpose = { does: 'is writing to this run', remedy: 'give another directory' };
const take = (path: string): (() => void) => takeLock(path, purpose).release;

/** Of a process that has ended. */
const gone = (): number => spawnSync(process.execPath, ['--version']).pid;

function hold(path: string, identity: Partial<ProcessIdentity>): void {
  writeFileSync(path, JSON.stringify({ ...identify(process.ppid), ...identity }));
}

function refusal(path: string): StorageError {
  try {
    take(path)();
  } catch (error) {
    assert.instance(error, StorageError);
    return error as StorageError;
  }
  throw new Error('it was given');
}

const isLinux = process.platform === 'linux';

test('8 one that is held says by whom, where and in which file, and is given once it is free', ({
  directory,
  path,
}) => {
  hold(path, {});
  const { message, where, remedy, name } = refusal(path);
  assert.is(message, `process ${process.ppid} on ${hostname()} is writing to this run`);
  assert.is(where.file, path);
  assert.is(remedy, 'wait for it, or give another directory');
  assert.is(name, 'StorageError');
  rmSync(path);
  const release = take(path);
  const holder = JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  for (const field of ['pid', 'host', ...(isLinux ? ['start', 'boot'] : [])] as const) {
    assert.ok(holder[field as keyof ProcessIdentity], field);
  }
  release();
  assert.equal(readdirSync(directory), []);
});

test('8 what this process holds it may take again, and only the last one frees it', ({ path }) => {
  const [first, second] = [take(path), take(path)];
  first();
  assert.ok(existsSync(path));
  second();
  assert.not.ok(existsSync(path));
});

const stale: Readonly<Record<string, () => string>> = {
  'of a process that has ended': () => JSON.stringify(identify(gone())),
  'whose id has another process': () =>
    JSON.stringify({ ...identify(process.ppid), start: '12345' }),
  'from before the last boot': () =>
    JSON.stringify({ ...identify(process.ppid), boot: '00000000-0000-4000-8000-000000000000' }),
  'in the first format': () => String(gone()),
  'that is empty': () => '',
  'that was cut': () => '{"pid":12',
  'that is something else': () => 'null',
};
for (const [what, textOf] of Object.entries(stale)) {
  const needsProc = /another process|boot/.test(what);
  // Nobody knows whose it is: each such is waited for.
  const isWaitedFor = /empty|something else/.test(what);
  (isWaitedFor ? slow : test)(`8 one ${what} is taken over`, ({ directory, path }) => {
    if (needsProc && !isLinux) return skip('needs /proc');
    writeFileSync(path, textOf());
    const release = take(path);
    assert.is(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
    assert.equal(readdirSync(directory), ['run.lock']);
    release();
    assert.equal(readdirSync(directory), []);
  });
}

test('8 one in the first format holds, unless its process began after it was written', ({
  path,
}) => {
  writeFileSync(path, `${process.ppid}`);
  assert.match(refusal(path).message, `process ${process.ppid} is writing`);
  if (!isLinux) return skip('needs /proc');
  utimesSync(path, new Date(0), new Date(0));
  take(path)();
});

test('8 one of another host or container is never taken over, and says what to do', ({ path }) => {
  const elsewhere: readonly Partial<ProcessIdentity>[] = [
    { host: 'elsewhere', pid: gone() },
    { host: 'elsewhere', boot: 'another' },
    ...(isLinux
      ? [
          { namespace: 'pid:[1]', pid: gone() },
          { boot: '0', machine: '0' },
        ]
      : []),
  ];
  for (const identity of elsewhere) {
    hold(path, identity);
    const before = readFileSync(path, 'utf8');
    const { message, remedy, where } = refusal(path);
    assert.match(message, ` on ${identity.host ?? hostname()} `);
    assert.match(remedy, 'where it has ended, remove the file');
    assert.is(where.file, path);
    assert.is(readFileSync(path, 'utf8'), before);
  }
});

test('8 a lock that became somebody else’s is not freed', ({ path }) => {
  const release = take(path);
  hold(path, {});
  release();
  assert.ok(existsSync(path));
});

test('8 what a process left that was killed while it took one over is swept', ({
  directory,
  path,
}) => {
  hold(path, { pid: gone() });
  const claim = `${path}.0123456789abcdef`;
  hold(claim, { pid: gone() });
  hold(`${claim}.tmp`, { pid: gone() });
  hold(`${path}.0123456789abcdee`, {});
  const release = take(path);
  assert.equal(readdirSync(directory), ['run.lock', 'run.lock.0123456789abcdee']);
  release();
});

/** Starts processes that run this body with `takeLock`, `waitForLock` and `directory`; returns what each wrote. */
async function together(
  { directory }: Context,
  count: number,
  body: string,
): Promise<readonly string[]> {
  const script = join(directory, 'contender.mjs');
  writeFileSync(
    script,
    `import * as fs from 'node:fs';
     const { takeLock, waitForLock } = await import(${JSON.stringify(scriptUrl('./locks', import.meta.url).href)});
     const directory = ${JSON.stringify(directory)};
     const purpose = { does: 'holds it' };
     while (!fs.existsSync(directory + '/go'));
     ${body}`,
  );
  const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A'] : [];
  const ended = Array.from({ length: count }, async (_, number) => {
    const words = [...runtime, script, String(number)];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (bytes) => {
      output += String(bytes);
    });
    await new Promise((resolve) => child.on('close', resolve));
    return output;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  writeFileSync(join(directory, 'go'), '');
  return Promise.all(ended);
}

const PROCESSES = 6;

slow(
  '8 of several processes that take over the lock of one that has ended, exactly one gets it',
  async (context) => {
    const rounds = 40;
    const left = gone();
    for (let round = 0; round < rounds; round++)
      hold(join(context.directory, `lock${round}`), { pid: left });
    const outputs = await together(
      context,
      PROCESSES,
      `for (let round = 0; round < ${rounds}; round++) {
       try {
         takeLock(directory + '/lock' + round, purpose);
         console.log('won ' + round);
       } catch (error) {
         if (!/holds it|is taking over/.test(error.message)) console.log(error.stack);
       }
     }
     // Nobody ends before all have tried: whoever had won would seem to have left its locks.
     fs.writeFileSync(directory + '/done' + process.argv[2], '');
     while (fs.readdirSync(directory).filter((name) => name.startsWith('done')).length < ${PROCESSES});`,
    );
    const lines = outputs
      .flatMap((output) => output.trim().split('\n'))
      .filter((line) => line !== '');
    const expected = Array.from({ length: rounds }, (_, round) => `won ${round}`).sort();
    assert.equal(lines.sort(), expected);
  },
);

slow('8 nobody is in when another is, also where some are killed inside', async (context) => {
  const count = join(context.directory, 'count');
  writeFileSync(count, '0');
  const turns = 50;
  await together(
    context,
    PROCESSES,
    `for (let turn = 0; turn < ${turns}; turn++) {
       {
         const lock = waitForLock(directory + '/lock', purpose);
         const before = Number(fs.readFileSync(directory + '/count', 'utf8'));
         for (const end = performance.now() + 0.3; performance.now() < end; );
         fs.writeFileSync(directory + '/next' + process.pid, String(before + 1));
         fs.renameSync(directory + '/next' + process.pid, directory + '/count');
         if (process.argv[2] !== '0' && turn === ${turns - 1}) process.kill(process.pid, 'SIGKILL');
         lock.release();
       }
     }`,
  );
  assert.is(Number(readFileSync(count, 'utf8')), PROCESSES * turns);
  waitForLock(join(context.directory, 'lock'), purpose).release();
  const left = readdirSync(context.directory).filter((name) => name.startsWith('lock'));
  assert.equal(left, []);
});

test.run();
