import { createHash } from 'node:crypto';
import * as z from 'zod';
import { blobSize } from '../blob-size.ts';

/** What an image's packages are pinned to, as the lock file has it. Names no mirror: any that has the files will do. */
export interface Pins {
  /** `YYYY-MM-DD`: the date that generated files carry. */
  readonly date: string;
  /** Of the lowest layer. */
  readonly packages: readonly Pin[];
  /** Of those on top of it; absent where there are none. */
  readonly layers?: readonly LayerPins[] | undefined;
}

export interface LayerPins {
  /** What the layer adds. */
  readonly packages: readonly Pin[];
  /** Names of the packages it takes away. */
  readonly removed: readonly string[];
}

export interface Pin {
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  /** Path below the archive's base URL. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What a series of upgrades is pinned to: a state, and what each upgrade changes in the one before. */
export interface UpgradePins {
  /** As {@link Pins} have it: one for all images, so that only the packages of an upgrade make a step. */
  readonly date: string;
  /** Of the first state. */
  readonly packages: readonly Pin[];
  readonly upgrades: readonly UpgradePin[];
}

export interface UpgradePin extends LayerPins {
  readonly source: string;
  readonly version: string;
  /** When the changelog says that this version was made, ISO 8601 in UTC. */
  readonly made: string;
}

const packagesSchema: z.ZodType<readonly Pin[]> = z.array(
  z.strictObject({
    name: z.string(),
    version: z.string(),
    suite: z.string(),
    path: z.string().regex(/^pool\/[^\s]+\.deb$/, 'give pool/….deb'),
    size: blobSize,
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hexadecimal digits'),
  }),
);

export const pinsSchema: z.ZodType<Pins> = z.strictObject({
  date: z.iso.date(),
  packages: packagesSchema,
  layers: z
    .array(z.strictObject({ packages: packagesSchema, removed: z.array(z.string()) }))
    .optional(),
});

export const upgradePinsSchema: z.ZodType<UpgradePins> = z.strictObject({
  date: z.iso.date(),
  packages: packagesSchema,
  upgrades: z.array(
    z.strictObject({
      source: z.string().min(1),
      version: z.string().min(1),
      made: z.iso.datetime(),
      packages: packagesSchema,
      removed: z.array(z.string()),
    }),
  ),
});

/** All packages, layer by layer. */
export function allPackages({ packages, layers = [] }: Pins): readonly Pin[] {
  return [...packages, ...layers.flatMap((layer) => layer.packages)];
}

export function toPin({ name, version, suite, path, size, sha256 }: Pin): Pin {
  return { name, version, suite, path, size, sha256 };
}

/** For people. */
export function describePins(pins: Pins): string {
  const packages = allPackages(pins);
  const bytes = packages.reduce((sum, one) => sum + one.size, 0);
  const digest = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12);
  return `${packages.length} packages, ${bytes} bytes to download, pinned ${pins.date} (${digest})`;
}
