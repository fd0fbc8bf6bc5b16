import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { Job } from 'kubernetes-models/batch/v1';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { projectDirectory } from '../../project.ts';
import { directorySuite } from '../../testing/directory.ts';
import { lackOf, lackOfRoot, lackOfTime, unless } from '../../testing/needs.ts';
import { noise } from '../../testing/noise.ts';
import { writeDataset } from '../../testing/tiny-run.ts';
import { sketchTree } from '../../testing/trees.ts';
import { until } from '../../testing/until.ts';

/** The files of docs/schedulers, as they are: by Slurm on this machine, the others by the schemas that their owners publish. */

const test = directorySuite('schedulers', lackOfTime());
const FOLDER = join(projectDirectory, 'docs', 'schedulers');
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** Slurm of one node, ended when the work is done. */
async function withSlurm(
  directory: string,
  work: (environment: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const daemons: ChildProcess[] = [];
  const begin = (program: string, words: readonly string[], more = {}): void => {
    const env = { ...process.env, ...more };
    daemons.push(spawn(program, words, { stdio: 'ignore', env, cwd: directory }));
  };
  // The sockets of munge may be no longer than 108 bytes.
  const place = mkdtempSync(join(tmpdir(), 'slurm-'));
  const at = (name: string): string => join(place, name);
  try {
    writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o400 });
    for (const name of ['state', 'spool']) mkdirSync(at(name));
    const munge = ['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'].map(
      (name) => `--${name}=${at(name === 'key-file' ? 'munge.key' : name)}`,
    );
    begin('munged', ['--foreground', '--force', ...munge]);
    await until('munge listens', () => existsSync(at('socket')));
    const [controller, node] = [await freePort(), await freePort()];
    writeFileSync(at('slurm.conf'), configuration(place, controller, node));
    const more = { SLURM_CONF: at('slurm.conf') };
    begin('slurmctld', ['-D'], more);
    begin('slurmd', ['-D', '-N', 'localhost'], more);
    const environment = { ...(process.env as Record<string, string>), ...more };
    const isIdle = (): boolean =>
      spawnSync('sinfo', ['--noheader', '--format=%t'], {
        env: environment,
        encoding: 'utf8',
      }).stdout.trim() === 'idle';
    await until('the node is idle', isIdle);
    await work(environment);
  } finally {
    for (const daemon of daemons.toReversed()) {
      daemon.kill();
      await new Promise((ended) =>
        daemon.exitCode === null && daemon.signalCode === null
          ? daemon.once('exit', ended)
          : ended(0),
      );
    }
    rmSync(place, { recursive: true, force: true });
  }
}

function configuration(place: string, controller: number, node: number): string {
  return `${[
    'ClusterName=ocibench',
    'SlurmctldHost=localhost(127.0.0.1)',
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    `AuthInfo=socket=${join(place, 'socket')}`,
    'CryptoType=crypto/munge',
    `SlurmctldPort=${controller}`,
    `SlurmdPort=${node}`,
    `SlurmctldPidFile=${join(place, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(place, 'slurmd.pid')}`,
    `StateSaveLocation=${join(place, 'state')}`,
    `SlurmdSpoolDir=${join(place, 'spool')}`,
    `SlurmctldLogFile=${join(place, 'slurmctld.log')}`,
    `SlurmdLogFile=${join(place, 'slurmd.log')}`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'MpiDefault=none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    'JobAcctGatherType=jobacct_gather/none',
    'AccountingStorageType=accounting_storage/none',
    'ReturnToService=2',
    'SchedulerParameters=sched_interval=1,batch_sched_delay=0',
    'NodeName=localhost NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN',
    'PartitionName=all Nodes=ALL Default=YES State=UP',
  ].join('\n')}\n`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const slurm = unless(
  test,
  lackOfTime(),
  lackOf('slurmctld', 'slurmd', 'munged', 'sbatch'),
  lackOfRoot(),
);

slurm(
  'an array of Slurm and the merge that depends on it make the records of one run',
  async ({ directory }) => {
    const body = noise(200_000);
    writeDataset(directory, [
      sketchTree({ body: { content: body } }),
      sketchTree({ body: { content: body.subarray(777) } }),
    ]);
    // `bench` as a user has it.
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    const own =
      'Deno' in globalThis ? 'deno run -A --node-modules-dir=manual' : `'${process.execPath}'`;
    const script = 'Deno' in globalThis ? 'src/cli.ts' : 'bin/bench.js';
    writeFileSync(
      join(bin, 'bench'),
      `#!/bin/sh\nexec ${own} '${join(projectDirectory, script)}' "$@"\n`,
    );
    chmodSync(join(bin, 'bench'), 0o755);
    const words = ['--dataset', './tiny.json', '--model', 'oci-gzip', '--model', 'catar'];
    await withSlurm(directory, async (slurmEnvironment) => {
      const env = {
        ...slurmEnvironment,
        PATH: `${bin}:${process.env['PATH']}`,
        XDG_CACHE_HOME: join(directory, 'cache'),
      };
      const said = (program: string, args: readonly string[]): string => {
        const { stdout, stderr, status } = spawnSync(program, args, {
          cwd: directory,
          env,
          encoding: 'utf8',
        });
        assert.is(status, 0, stderr);
        return stdout;
      };
      assert.match(
        said('sh', [join(FOLDER, 'slurm-submit.sh'), '--shards', '2', ...words]),
        /^Submitted batch job \d+\n$/,
      );
      await until('the queue is empty', () => said('squeue', ['--noheader']).trim() === '');
      const logs = ['shard-1.log', 'shard-2.log', 'merge.log'].map((name) =>
        readFileSync(join(directory, name), 'utf8'),
      );
      assert.ok(existsSync(join(directory, 'run', 'records.jsonl')), logs.join('\n'));
      const whole = ['run', ...words, '--repeat', '0', '--out', 'whole', '--quiet'];
      said(join(bin, 'bench'), whole);
    });
    const records = (out: string): string =>
      readFileSync(join(directory, out, 'records.jsonl'), 'utf8');
    assert.is(records('run'), records('whole'));
  },
);

test('the jobs of Kubernetes follow its schema, and number the shards from 1', () => {
  for (const name of ['kubernetes-shards.yaml', 'kubernetes-merge.yaml']) {
    const document = parse(textOf(name));
    new Job(document).validate();
    const wrong = { ...document, spec: { ...document.spec, completions: 'seven' } };
    assert.throws(() => new Job(wrong).validate(), /completions/);
  }
  const { spec } = parse(textOf('kubernetes-shards.yaml'));
  const [line] = spec.template.spec.containers[0].args;
  assert.is(spec.completionMode, 'Indexed');
  for (let index = 0; index < spec.completions; index++) {
    const words = wordsOf(line, { JOB_COMPLETION_INDEX: String(index) });
    assert.is(after(words, '--shard'), `${index + 1}/${spec.completions}`);
    assert.is(after(words, '--out'), `shards/${index + 1}`);
  }
});

test('the matrix of GitHub follows the schema of its owner', async ({ directory }) => {
  const parser = await workflowParser(directory);
  const errors = (content: string): readonly string[] =>
    parser
      .parseWorkflow({ name: 'shards.yml', content }, new parser.NoOperationTraceWriter())
      .context.errors.getErrors()
      .map(({ message }) => message);
  const text = textOf('github-matrix.yml');
  assert.equal(errors(text), []);
  assert.ok(errors(text.replace('runs-on', 'runs-at')).length > 0);
  const { jobs } = parse(text);
  const shards = jobs.shard.strategy.matrix.shard as readonly number[];
  assert.equal(
    shards,
    Array.from(shards, (_, index) => index + 1),
  );
  assert.is(jobs.merge.needs, 'shard');
});

interface WorkflowParser {
  readonly NoOperationTraceWriter: new () => unknown;
  parseWorkflow(
    file: { readonly name: string; readonly content: string },
    trace: unknown,
  ): {
    readonly context: { readonly errors: { getErrors(): readonly { readonly message: string }[] } };
  };
}

/** It imports its schema as JSON without saying so, which no runtime takes and a bundler does. */
async function workflowParser(directory: string): Promise<WorkflowParser> {
  const outfile = join(directory, 'parser.cjs');
  const contents =
    "export { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';";
  await build({
    stdin: { contents, resolveDir: projectDirectory },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    outfile,
    logLevel: 'silent',
  });
  return (await import(pathToFileURL(outfile).href)).default;
}

/** What a shell makes of a command line. */
function wordsOf(line: string, environment: Readonly<Record<string, string>>): readonly string[] {
  const script = `bench() { printf '%s\\n' "$@"; }; ${line.replace(/^exec /, '')}`;
  const { stdout } = spawnSync('/bin/sh', ['-c', script], { env: environment, encoding: 'utf8' });
  return stdout.trim().split('\n');
}

function after(words: readonly string[], option: string): string | undefined {
  return words[words.indexOf(option) + 1];
}

test.run();
