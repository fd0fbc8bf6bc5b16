import { formatBinary, formatBytes } from '../../format.ts';
import { limits } from '../../limits.ts';
import { lastImage, standings, type View } from '../view.ts';
import { leader, type Namer, nameAll } from './compare.ts';

/** What takes less of the disk than this is an index or a metadata root, no store of chunks. */
const INDEX_SHARE = 0.02;

/** Disk of the receiver, and manifests that a registry need not take. */
export function sides(view: View, name: Namer): readonly string[] {
  const image = lastImage(view, 'disk.bytes');
  if (image === undefined) return [];
  const list = standings(view, image, 'disk.bytes');
  const texts = [
    `On a receiver that has unpacked ${image}, ${leader(list, name, 'need', 'disk space')}`,
  ];
  const stores = list
    .map(({ model, value }) => {
      const bytes = view.number(image, model.id, 'disk.store_bytes') ?? 0;
      return { model, bytes, isLarge: bytes > INDEX_SHARE * value };
    })
    .filter(({ isLarge }) => isLarge);
  if (stores.length > 0) {
    const names = nameAll(
      stores.map(({ model }) => model),
      name,
    );
    const most = Math.max(...stores.map(({ bytes }) => bytes));
    texts.push(`A store of chunks lies beside the files of ${names}: up to ${formatBytes(most)}.`);
  }
  const large = view.info.models.filter(({ id }) =>
    view.info.images.some(
      (one) => (view.number(one.id, id, 'stored.manifest_bytes') ?? 0) > limits.manifestBytes,
    ),
  );
  if (large.length > 0) {
    texts.push(
      `Manifests above ${formatBinary(limits.manifestBytes)}, the most that registries must take: ${nameAll(large, name)}.`,
    );
  }
  return texts;
}
