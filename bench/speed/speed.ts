import { createHash } from 'node:crypto';
import { fetchImage } from '../../src/datasets/mod.ts';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import { factsOf } from '../../src/measures/measurement.ts';
import { adaptiveRounds } from '../../src/measures/rounds.ts';
import { groupBy } from '../../src/report/group.ts';
import { speedMarkdown, summarise } from '../../src/report/mod.ts';
import { MEMORY_PASS } from '../../src/report/speeds.ts';
import { boundOf } from '../../src/runs/timed-cells.ts';
import { createSerialiser } from '../../src/serialisers/mod.ts';
import { defined } from '../../src/stats/mod.ts';
import { readRange } from '../../src/streams/source.ts';
import { hashingBounds } from '../claims/c35-hash.ts';
import { createTimed, type Experiment } from '../experiment.ts';
import { remark } from '../verdict.ts';
import { createCases } from './cases.ts';
import { speedMeasures, timeCases } from './measure.ts';

/**
 * How fast is every chunker, beside a plain memory pass, beside digests and beside the chunkers that npm has? Real bytes, in
 * memory, in one process and one thread.
 */

/** The start of the first image's tar: no processor's cache holds it, and more changes no rate. */
const INPUT_BYTES = 64 << 20;
const TOO_SHORT = 'no time was seen to pass: choose a larger image';

export const speed: Experiment = createTimed({
  name: 'speed',
  title: 'How fast is every chunker?',
  chart: 'chunker-speed',
  decides: [hashingBounds],
  timed: {
    images: (planned) => planned.slice(0, 1),
    wanted: [[MEMORY_PASS, 'speed.rate']],
    verdict: (view) =>
      summarise(view)
        .filter(({ topic }) => topic === 'Speed')
        .map(({ text }) => remark(text)),
    appendix: speedMarkdown,
    async measure({ plan, run, context, progress }) {
      const image = await fetchImage(plan.dataset, plan.images[0]!, context);
      run.enter(image);
      const bytes = inputOf(image);
      const { cases, absent } = await createCases(bytes);
      const own = cases.filter(({ twinOf }) => twinOf === undefined);
      run.describeModels(own.map(({ id }) => ({ id })));
      const sizes = groupBy(
        own.filter(({ average }) => average !== undefined),
        ({ average }) => String(average),
      );
      // Compared with one another at each size.
      const rounds = adaptiveRounds(Math.max(...[...sizes.values()].map(({ length }) => length)));
      progress.start(rounds.least);
      progress.note(`timed part: ${boundOf(rounds)}`);
      const taken = await timeCases(cases, bytes.length, rounds, run.machine, (number) => {
        if (number >= rounds.least) progress.more(1);
        progress.step('round');
      });
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      run.record(
        '*',
        factsOf(image.id, [
          ['speed.input_bytes', bytes.length],
          ['speed.input_digest', digest],
        ]),
      );
      for (const [id, values] of speedMeasures(image.id, taken)) run.record(id, values);
      for (const { id, why } of absent) run.skip(id, image.id, 'speed.rate', why);
      for (const { case: own, rates } of taken.timed) {
        if (own.twinOf !== undefined || defined(rates).length > 0) continue;
        run.skip(own.id, image.id, 'speed.rate', TOO_SHORT);
      }
      return [];
    },
  },
});

/** The first bytes of the image as a canonical tar. */
function inputOf(descriptor: ImageDescriptor): Uint8Array {
  const image = openImage(descriptor);
  try {
    const tar = createSerialiser('tar').serialise(image).streams[0]!.bytes;
    return readRange(tar, 0, Math.min(tar.length, INPUT_BYTES));
  } finally {
    closeImage(image);
  }
}
