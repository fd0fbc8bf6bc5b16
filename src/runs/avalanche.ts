import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { avalancheMeasures, changeMeasures, type Pulled } from '../measures/avalanche.ts';
import { type Changes, changesBetween } from '../measures/changes.ts';
import type { Contents } from '../measures/contents.ts';
import type { Plan } from '../plan.ts';
import type { RunDirectory } from '../results/run-directory.ts';
import { declaredKind } from './steps.ts';

/**
 * Records what each declared edit or rebuild changed in meaning, and what every model pulls for it. Other steps change so much
 * at once that the quotient says nothing.
 * @param changesTo what changed to an image from the one before it; undefined where one of the two cannot be read
 */
export function recordAvalanche(
  { dataset, images, models }: Pick<Plan, 'dataset' | 'images' | 'models'>,
  run: Pick<RunDirectory, 'images' | 'record' | 'records'>,
  changesTo: (last: ImageDescriptor, image: ImageDescriptor) => Changes | undefined,
): void {
  const had = new Map(run.images.map((image) => [image.id, image]));
  const pulled = pulledFromPrevious(run.records);
  for (const [number, id] of images.entries()) {
    const [last, image] = [had.get(images[number - 1] ?? ''), had.get(id)];
    if (!last || !image) continue;
    const kind = declaredKind(dataset, last.id, id);
    if (kind !== 'edit' && kind !== 'rebuild') continue;
    const changes = changesTo(last, image);
    if (!changes) continue;
    run.record('*', changeMeasures(id, changes));
    for (const model of models) {
      const bytes = pulled(id, model);
      if (bytes) run.record(model, avalancheMeasures(id, changes, bytes));
    }
  }
}

/** What the client with the image before pulls of an image; undefined where it was not measured. */
function pulledFromPrevious(
  records: RunDirectory['records'],
): (image: string, model: string) => Pulled | undefined {
  const bytes = new Map<string, number>();
  for (const record of records) {
    if (record.client !== 'previous' || !('value' in record)) continue;
    const { image, model, measure, value } = record;
    if (typeof value === 'number') bytes.set(`${measure} ${image} ${model}`, value);
  }
  return (image, model) => {
    const contentBytes = bytes.get(`transfer.content_bytes ${image} ${model}`);
    const metadataBytes = bytes.get(`transfer.metadata_bytes ${image} ${model}`);
    return contentBytes === undefined || metadataBytes === undefined
      ? undefined
      : { contentBytes, metadataBytes };
  };
}

/** @param read what an image holds; undefined where it cannot be read */
export function changesOf(
  last: ImageDescriptor,
  image: ImageDescriptor,
  read: (image: ImageDescriptor) => Contents | undefined,
): Changes | undefined {
  const [contentsBefore, contents] = [read(last), read(image)];
  if (!contentsBefore || !contents) return undefined;
  const before = openImage(last);
  const after = openImage(image);
  try {
    return changesBetween(
      { tree: before.tree, contents: contentsBefore },
      { tree: after.tree, contents },
    );
  } finally {
    closeImage(before);
    closeImage(after);
  }
}
