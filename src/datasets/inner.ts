import * as z from 'zod';
import type { AnyProvider } from './provider.ts';

/** A source that has another one inside, whose pins are its own. */

/** A source of any of these origins, chosen by its type. */
export function innerSchema(origins: readonly AnyProvider[]): z.ZodType<{ readonly type: string }> {
  const schemas = origins.map(({ schema }) => schema) as unknown as [z.ZodObject];
  // As wide as what a source is known by here.
  return z.discriminatedUnion('type', schemas) as unknown as z.ZodType<{ readonly type: string }>;
}

/** Where the image of the inner source comes from. */
export function originOf(
  origins: readonly AnyProvider[],
  inner: { readonly type: string },
): AnyProvider {
  return origins.find(({ type }) => type === inner.type)!;
}

/** What a provider takes from that of the inner source: how it is pinned. */
export function pinningOf(
  { pinsSchema, describePins, pin }: AnyProvider,
  inner: { readonly type: string },
): Pick<AnyProvider, 'pinsSchema' | 'describePins' | 'pin'> {
  return {
    ...(pinsSchema ? { pinsSchema } : {}),
    ...(describePins ? { describePins } : {}),
    ...(pin ? { pin: (_source, image, context) => pin(inner as never, image, context) } : {}),
  };
}
