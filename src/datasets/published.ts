import * as z from 'zod';

/** What others have published on the images of a dataset. Definitions of ours: METHODS.md, "Published figures". */
export interface PublishedFigure {
  /** What was counted, and of which images. */
  readonly what: string;
  /** With its unit, word for word. */
  readonly value: string;
  /** Address or reference of the publication. */
  readonly source: string;
  /** What it is compared with; absent where nothing here is defined alike. */
  readonly comparison?: Comparison | undefined;
}

/** What of a run a published figure is compared with. */
export type Comparison =
  | {
      /** Sum over all images of the uncompressed layers; of the layers as the registry delivers them. */
      readonly quantity: 'tars' | 'delivered';
      readonly size: string;
    }
  | {
      /** All that is kept of all images together, where what they share is kept once. */
      readonly quantity: 'store';
      readonly size: string;
      /** Whether contents are compressed: stands beside models that do alike. */
      readonly compressed: boolean;
      /** Share of the sum of tars that the store saves, where that was published. */
      readonly saved?: number | undefined;
    }
  | {
      /** Lengths of all distinct chunks of all images together. */
      readonly quantity: 'chunk-bytes';
      readonly size: string;
      readonly model: string;
    }
  | {
      /** Number of all distinct chunks of all images together. */
      readonly quantity: 'chunks';
      readonly count: number;
      /** Beginning of the canonical id: what serialises and what cuts. */
      readonly model: string;
    };

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

const size: z.ZodType<string> = z
  .string()
  .regex(
    new RegExp(`^\\d{1,15}(\\.\\d{1,3})? (${Object.keys(UNITS).join('|')})$`),
    'give a number, a space and a unit such as MB (10⁶) or MiB (2²⁰)',
  );

const model = z.string().regex(/^[^|]+\|[^|]+$/, 'give serialiser|chunker');

export const publishedSchema: z.ZodType<PublishedFigure> = z.strictObject({
  what: z.string().min(1),
  value: z.string().min(1),
  source: z.string().min(1),
  comparison: z
    .discriminatedUnion('quantity', [
      z.strictObject({ quantity: z.enum(['tars', 'delivered']), size }),
      z.strictObject({
        quantity: z.literal('store'),
        size,
        compressed: z.boolean(),
        saved: z.number().min(0).max(1).optional(),
      }),
      z.strictObject({ quantity: z.literal('chunk-bytes'), size, model }),
      z.strictObject({ quantity: z.literal('chunks'), count: z.int().positive(), model }),
    ])
    .optional(),
});

/** `46.4 MiB` → bytes, rounded. */
export function publishedBytes(text: string): number {
  const [number = '', unit = ''] = text.split(' ');
  return Math.round(Number(number) * UNITS[unit]!);
}
