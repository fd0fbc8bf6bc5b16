import { divide } from '../stats/mod.ts';
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

/** A factor of nothing changed is left out: transfer.bytes says what was pulled all the same. */
export function avalancheMeasures(
  image: string,
  changes: Changes,
  pulled: Pulled,
): readonly Measurement[] {
  const all = ({ contentBytes, metadataBytes }: Pulled): number => contentBytes + metadataBytes;
  const factors = [
    ['avalanche.factor', divide(all(pulled), all(changes))],
    ['avalanche.content_factor', divide(pulled.contentBytes, changes.contentBytes)],
    ['avalanche.metadata_factor', divide(pulled.metadataBytes, changes.metadataBytes)],
  ] as const;
  const facts = factors.flatMap(([measure, factor]): readonly Fact[] =>
    factor === undefined ? [] : [[measure, round(factor)]],
  );
  return facts.map(([measure, value]) => ({ image, client: 'previous', measure, value }));
}
