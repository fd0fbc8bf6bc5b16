import { InputError } from '../errors.ts';
import { debian } from './debian/provider.ts';
import { debianUpgrades } from './debian/series.ts';
import { dockerArchive } from './docker-archive.ts';
import { createEdited } from './edited.ts';
import { createNpm } from './npm/provider.ts';
import { ociLayout } from './oci-layout.ts';
import type { AnyProvider } from './provider.ts';
import { registry } from './registry.ts';
import { rootfs } from './rootfs.ts';

/** Where images come from that need no other. To add one: a file, and its name here. */
const origins: readonly AnyProvider[] = [debian, registry, ociLayout, dockerArchive, rootfs];

export const providers: readonly AnyProvider[] = [
  ...origins,
  debianUpgrades,
  createNpm(origins),
  createEdited(origins),
];

export function providerOf({
  source,
}: {
  readonly source: { readonly type: string };
}): AnyProvider {
  const provider = providers.find(({ type }) => type === source.type);
  if (!provider) throw new InputError(`no provider for images of type '${source.type}'`);
  return provider.bind?.(source as never) ?? provider;
}
