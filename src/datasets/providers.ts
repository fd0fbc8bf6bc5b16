import type { ZodType } from 'zod';
import { InputError } from '../errors.ts';
import { debian } from './debian/provider.ts';
import { dockerArchive } from './docker-archive.ts';
import { ociLayout } from './oci-layout.ts';
import type { Provider } from './provider.ts';
import { registry } from './registry.ts';
import { rootfs } from './rootfs.ts';

/** A provider whose source is known only when the manifest was checked against its schema. */
export type AnyProvider = Omit<Provider<never>, 'schema'> & { readonly schema: ZodType };

/** Where images come from. To add one: a file, and its name here. */
export const providers: readonly AnyProvider[] = [
  debian,
  registry,
  ociLayout,
  dockerArchive,
  rootfs,
];

export function providerOf({
  source,
}: {
  readonly source: { readonly type: string };
}): AnyProvider {
  const provider = providers.find(({ type }) => type === source.type);
  if (provider) return provider;
  throw new InputError(`no provider for images of type '${source.type}'`);
}
