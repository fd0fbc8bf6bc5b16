import type { Image, ImageDescriptor } from '../images/image.ts';
import type { Link } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import { takeInventory } from '../packers/inventory.ts';
import { divide } from '../stats/mod.ts';
import { arrivalsOf } from './arrivals.ts';
import { packGraph, unpackGraph, verifyGraph } from './graphs.ts';
import { Holdings } from './holdings.ts';
import { type Measurement, round } from './measurement.ts';
import type { MeasureName } from './mod.ts';
import { recordCosts } from './recorder.ts';
import { CORES, type Graph, makespans, SCHEDULED, spanOf, workOf } from './schedule.ts';

/** How parallel a format is by itself: its stages, as they were recorded on one core, scheduled on 1 … 64. */

export interface ParallelismInput {
  readonly image: ImageDescriptor;
  readonly model: string;
  readonly links: readonly Link[];
}

/** Milliseconds. */
export interface Scheduled {
  readonly work: number;
  readonly span: number;
  /** On each number of {@link CORES}. */
  readonly times: readonly number[];
}

export interface Parallelism {
  readonly pack: Scheduled;
  readonly verify: Scheduled;
  readonly unpack: Scheduled;
  /** By the name of each link: unpacking of a client that holds nothing, and downloads meanwhile. */
  readonly receive: Readonly<Record<string, Scheduled>>;
  readonly coresUsed: number;
}

/** True of chains: programs of others do not say what their stages take. */
export function isScheduled(model: string): boolean {
  return model.includes('|');
}

/** @param model a chain */
export async function parallelismOf(
  image: Image,
  model: Model,
  links: readonly Link[],
): Promise<Parallelism> {
  const recorded = await recordCosts(image, model);
  const inventory = takeInventory(image.descriptor.id, model.id, recorded.packed);
  const transfer = model.transfer(inventory, new Holdings());
  const receive = links.map((link) => {
    const arrivals = arrivalsOf(transfer, link, inventory);
    return [link.name, schedule(unpackGraph(recorded, arrivals))] as const;
  });
  return {
    pack: schedule(packGraph(recorded)),
    verify: schedule(verifyGraph(recorded)),
    unpack: schedule(unpackGraph(recorded)),
    receive: Object.fromEntries(receive),
    coresUsed: recorded.coresUsed,
  };
}

function schedule(graph: Graph): Scheduled {
  return { work: workOf(graph), span: spanOf(graph), times: makespans(graph, CORES) };
}

/** Records of one model. */
export function parallelismMeasures(
  image: string,
  { receive, coresUsed, ...alone }: Parallelism,
): readonly Measurement[] {
  const key = { image, client: '-' };
  const plain = (measure: MeasureName, value: number | undefined, more = {}): Measurement[] =>
    value === undefined ? [] : [{ ...key, ...more, measure, value: round(value) }];
  return [
    ...SCHEDULED.flatMap((operation) => {
      const { work, span, times } = alone[operation];
      return [
        ...plain(`parallel.${operation}_work_ms`, work),
        ...plain(`parallel.${operation}_span_ms`, span),
        ...plain(`parallel.${operation}_work_per_span`, divide(work, span)),
        ...CORES.flatMap((workers, index) =>
          plain(`parallel.${operation}_speed_up`, divide(work, times[index]), { workers }),
        ),
      ];
    }),
    ...Object.entries(receive).flatMap(([link, { span, times }]) => [
      ...plain('parallel.receive_span_ms', span, { client: 'none', link }),
      ...CORES.flatMap((workers, index) =>
        plain('parallel.receive_ms', times[index], { client: 'none', link, workers }),
      ),
    ]),
    ...plain('parallel.cores_used', coresUsed),
  ];
}
