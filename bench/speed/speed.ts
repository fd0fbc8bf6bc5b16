import { createHash } from 'node:crypto';
import { fetchImage } from '../../src/datasets/mod.ts';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import type { Progress } from '../../src/recording.ts';
import { createView, speedMarkdown } from '../../src/report/mod.ts';
import { MEMORY_PASS } from '../../src/report/speeds.ts';
import { RecordLog } from '../../src/results/log.ts';
import { readRun } from '../../src/results/read.ts';
import { METHOD } from '../../src/results/record.ts';
import { planOrder, skip, toRecord } from '../../src/results/recorder.ts';
import { RunMachine } from '../../src/results/run-machine.ts';
import { createSerialiser } from '../../src/serialisers/mod.ts';
import { readRange } from '../../src/streams/source.ts';
import { type ExperimentPlan, runInfo, type Timing } from '../experiment.ts';
import { createCases } from './cases.ts';
import { speedMeasures, timeCases } from './measure.ts';

/**
 * How fast is every chunker, beside a plain memory pass, beside digests and beside the chunkers that npm has? Real bytes, in
 * memory, in one process and one thread.
 */

/** The start of the first image's tar: no processor's cache holds it, and more changes no rate. */
const INPUT_BYTES = 64 << 20;
const ROUNDS = 9;
const TOO_SHORT = 'no time was seen to pass: choose a larger image';

export const speed: Timing = {
  name: 'speed',
  title: 'How fast is every chunker?',
  packed: [],
  async timeInto(plan, context, progress) {
    const image = await fetchImage(plan.dataset, plan.images[0]!, context);
    const log = RecordLog.open(plan.directory);
    const startedAt = new Date().toISOString();
    try {
      if (isTimed(log, plan, image.id)) {
        progress.note('this run is complete: it is drawn again; --fresh measures anew');
      } else {
        // One thread: all is timed in this one.
        const alone = { directory: plan.directory, workers: 1 };
        const machine = new RunMachine(alone, log.records, (text) => progress.note(text));
        const ids = await record(log, plan, image, progress, machine);
        const single = { ...plan, images: [image.id] };
        const start = { startedAt, environment: machine.environment() };
        const models = ids.map((id) => ({ id }));
        log.writeInfo(runInfo(speed.name, single, [image], models, start));
      }
    } finally {
      progress.end();
      log.close();
    }
    const { info, records } = await readRun(plan.directory);
    return speedMarkdown(createView(info, records));
  },
};

function isTimed(log: RecordLog, { dataset }: ExperimentPlan, image: string): boolean {
  return log.has({
    method: METHOD,
    dataset: `${dataset.id}@${dataset.digest}`,
    image,
    model: MEMORY_PASS,
    client: '-',
    measure: 'speed.rate',
  });
}

/** Times all cases; returns the ids of those that have records. */
async function record(
  log: RecordLog,
  { dataset }: ExperimentPlan,
  image: ImageDescriptor,
  progress: Progress,
  machine: RunMachine,
): Promise<readonly string[]> {
  const name = `${dataset.id}@${dataset.digest}`;
  const bytes = inputOf(image);
  const { cases, absent } = await createCases(bytes);
  progress.start(ROUNDS);
  const timed = await timeCases(
    cases,
    bytes.length,
    ROUNDS,
    () => machine.look(),
    () => progress.step('round'),
  );
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const input = [
    { image: image.id, client: '-', measure: 'speed.input_bytes', value: bytes.length },
    { image: image.id, client: '-', measure: 'speed.input_digest', value: digest },
  ];
  const models = timed.map(({ case: { id } }) => id);
  log.append([
    ...input.map((one) => toRecord(name, '*', one)),
    ...speedMeasures(image.id, timed).flatMap(([id, values]) =>
      values.map((one) => toRecord(name, id, one)),
    ),
    ...absent.map(({ id, why }) => skip(name, id, image.id, 'speed.rate', why)),
    ...timed
      .filter(({ rates }) => rates.every((rate) => rate === undefined))
      .map(({ case: { id } }) => skip(name, id, image.id, 'speed.rate', TOO_SHORT)),
  ]);
  log.arrange(planOrder([image.id], ['*', ...models, ...absent.map(({ id }) => id)]));
  return models;
}

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
