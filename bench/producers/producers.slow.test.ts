import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adHocDataset } from '../../src/datasets/mod.ts';
import type { Progress } from '../../src/progress.ts';
import { readRun } from '../../src/results/read.ts';
import { readVerdict } from '../../src/results/verdict.ts';
import { planOf } from '../../src/testing/asking.ts';
import { lackOf, unless } from '../../src/testing/needs.ts';
import { noise } from '../../src/testing/noise.ts';
import { offlineContext } from '../../src/testing/offline.ts';
import { inDirectory, shell } from '../../src/testing/shell.ts';
import { measureExperiment, writeVerdict } from '../experiment.ts';
import { producers } from './producers.ts';

const quiet: Progress = { start() {}, more() {}, step() {}, note() {}, busy() {}, end() {} };
const made = unless(test, lackOf('tar', 'gzip', 'zstd', 'python3'));

made(
  'archives are those that the programs write, and what is absent is skipped with its reason',
  () =>
    inDirectory(async (place) => {
      const root = join(place, 'root');
      mkdirSync(join(root, 'bin'), { recursive: true });
      writeFileSync(join(root, 'bin/b'), noise(70_000, 3));
      writeFileSync(join(root, 'a'), 'text\n'.repeat(9_000));
      shell(
        "ln root/a root/l; ln -s a root/s; find root -exec touch -h -d '2026-01-02 03:04:05' {} +",
        place,
      );
      const dataset = await adHocDataset(root);
      const plan = planOf({ dataset, directory: place }, 'run', { experiment: 'producers' });
      const context = offlineContext(place);
      const { failures, observed } = await measureExperiment(producers, plan, context, quiet);
      assert.is(failures, 0);
      const text = await writeVerdict(producers, plan, context, observed);
      const { records } = await readRun(plan.directory);
      const digests = new Map(
        records.flatMap((one) =>
          'value' in one && one.measure === 'reproducibility.archive_digest'
            ? [[one.model, one.value]]
            : [],
        ),
      );
      const skipped = new Map(
        records.flatMap((one) => ('skipped' in one ? [[one.model, one.skipped]] : [])),
      );
      const write =
        "tar --sort=name --format=posix --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' --numeric-owner -C root -cf - .";
      const expected = (pipe: string): string =>
        `sha256:${shell(`${write} | ${pipe}sha256sum`, place).slice(0, 64)}`;
      assert.is(digests.get('gnu-tar-sorted'), expected(''));
      assert.is(digests.get('gnu-tar-sorted|gzip-n'), expected('gzip -6 -n | '));
      assert.is(
        digests.get('gnu-tar-sorted|zlib-python'),
        expected(
          `python3 -c "import gzip, sys; file = gzip.GzipFile('', 'wb', 6, sys.stdout.buffer, 0); file.write(sys.stdin.buffer.read()); file.close()" | `,
        ),
      );
      for (const [model, why] of skipped) assert.match(why, /apt-get install|root|no tar/, model);
      // Eight tars, each as it is and by eight compressors: a digest or a reason.
      assert.is(digests.size + skipped.size, 8 * 9);
      assert.match(text, /C21 Tar and its compressors have no canonical form.*: \*\*confirmed\*\*/);
      assert.match(text, /One tree as a tar: \d digests of \d calls/);
      assert.match(
        text,
        /GNU tar beside the canonical tar: byte \d+, member 1 \(\.\/\), header: .*magic/,
      );
      assert.match(
        text,
        /gzip beside gzip -n, of the canonical tar: the same data, but header field FLG/,
      );
      assert.match(text, /\| canonical \| .* \| yes \|/);
      assert.ok(readVerdict(plan.directory)!.findings.length > 10);
    }),
);

test.run();
