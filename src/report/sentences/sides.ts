import { limits } from '../../limits.ts';
import { formatBinary, formatBytes } from '../format.ts';
import { lastImage, standings, type View } from '../view.ts';
import { leader, type Namer, nameAll } from './compare.ts';

/** Disk of the receiver, and manifests that a registry need not take. */
export function sides(view: View, name: Namer): readonly string[] {
  const image = lastImage(view, 'disk.bytes');
  if (image === undefined) return [];
  const list = standings(view, image, 'disk.bytes');
  const texts = [
    `On a receiver that has unpacked ${image}, ${leader(list, name, 'fills', formatBytes)}`,
  ];
  const withStore = list.filter(
    ({ model }) => (view.number(image, model.id, 'disk.store_bytes') ?? 0) > 0,
  );
  if (withStore.length > 0) {
    const names = nameAll(
      withStore.map(({ model }) => model),
      name,
    );
    texts.push(`Beside the files, a store stays for ${names}.`);
  }
  const large = view.info.models.filter(({ id }) =>
    view.info.images.some(
      (one) => (view.number(one.id, id, 'stored.manifest_bytes') ?? 0) > limits.manifestBytes,
    ),
  );
  if (large.length > 0) {
    texts.push(
      `Manifests beyond the ${formatBinary(limits.manifestBytes)} that registries must take: ${nameAll(large, name)}.`,
    );
  }
  return texts;
}
