import { divide, type Maybe } from '../stats/mod.ts';
import type { Changes } from './changes.ts';
import { type Fact, factsOf, type Measurement, round } from './measurement.ts';

/** What the client with the image before pulled: bytes. */
export interface Pulled {
  readonly contentBytes: number;
  readonly metadataBytes: number;
}

/** Facts of a step, whatever the model. */
export function changeMeasures(
  image: string,
  { contentBytes, metadataBytes }: Changes,
): readonly Measurement[] {
  return factsOf(image, [
    ['step.changed_content_bytes', contentBytes],
    ['step.changed_metadata_bytes', metadataBytes],
  ]);
}

const all = ({ contentBytes, metadataBytes }: Pulled): number => contentBytes + metadataBytes;

export type FactorName =
  | 'avalanche.factor'
  | 'avalanche.content_factor'
  | 'avalanche.metadata_factor';

/** Bytes pulled ÷ bytes changed; undefined where nothing of the kind changed. */
export const FACTORS: Readonly<Record<FactorName, (pulled: Pulled, changes: Pulled) => Maybe>> = {
  'avalanche.factor': (pulled, changes) => divide(all(pulled), all(changes)),
  'avalanche.content_factor': (pulled, changes) =>
    divide(pulled.contentBytes, changes.contentBytes),
  'avalanche.metadata_factor': (pulled, changes) =>
    divide(pulled.metadataBytes, changes.metadataBytes),
};

/** A factor of nothing changed is left out: transfer.bytes says what was pulled all the same. */
export function avalancheMeasures(
  image: string,
  changes: Changes,
  pulled: Pulled,
): readonly Measurement[] {
  const facts = Object.entries(FACTORS).flatMap(([measure, of]): readonly Fact[] => {
    const factor = of(pulled, changes);
    return factor === undefined ? [] : [[measure as FactorName, round(factor)]];
  });
  return facts.map(([measure, value]) => ({ image, client: 'previous', measure, value }));
}
