import type { ImageDescriptor } from '../images/image.ts';
import { otherRuntime, runChild } from '../workers/child.ts';
import { scriptUrl } from '../workers/pool.ts';
import { type Fact, factsOf, type Measurement } from './measurement.ts';
import type { PackingInput, PackingResult } from './reproducibility-child.ts';

/** Does the same tree give the same bytes, whatever surrounds the packing? */

const script = scriptUrl('./reproducibility-child', import.meta.url);

interface Variant extends Omit<PackingInput, 'image' | 'model'> {
  readonly environment: Readonly<Record<string, string>>;
}

/** Opposite ends of what users have: time zones with odd offsets, locales with odd letters, strict and open umask. */
const VARIANTS: readonly Variant[] = [
  {
    seed: 1,
    umask: 0o077,
    workers: 1,
    fixpoint: true,
    environment: { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
  },
  {
    seed: 2,
    umask: 0,
    workers: 2,
    fixpoint: false,
    environment: { TZ: 'America/St_Johns', LC_ALL: 'C', LANG: 'C' },
  },
];

export interface ReproducibilityResult {
  readonly measurements: readonly Measurement[];
  /** Why the other runtime was not tried, where it was not. */
  readonly skipped?: string;
}

/** @param digest of the packing that the run itself made */
export async function measureReproducibility(
  image: ImageDescriptor,
  model: string,
  digest: string,
  signal?: AbortSignal,
): Promise<ReproducibilityResult> {
  const pack = ({ environment, ...variant }: Variant, other: boolean): Promise<PackingResult> =>
    runChild<PackingResult>(
      script,
      { image, model, ...variant },
      { environment, signal, otherRuntime: other },
    );

  const other = otherRuntime();
  const foreign = 'lacking' in other ? undefined : pack({ ...VARIANTS[1]!, workers: 1 }, true);
  // Handled below, also where one of the others fails first.
  foreign?.catch(() => {});
  const results = await Promise.all(VARIANTS.map((variant) => pack(variant, false)));
  const digests = [digest, ...results.map((result) => result.digest)];
  const facts: Fact[] = [
    ['reproducibility.packings', digests.length],
    ['reproducibility.distinct_digests', new Set(digests).size],
    ['reproducibility.fixpoint', results[0]?.fixpoint ? 1 : 0],
  ];
  if (!foreign) {
    const skipped = 'lacking' in other ? other.lacking : '';
    return { measurements: factsOf(image.id, facts), skipped };
  }
  const runtimes = new Set([digest, (await foreign).digest]);
  facts.push(['reproducibility.runtime_digests', runtimes.size]);
  return { measurements: factsOf(image.id, facts) };
}
