import type { DeltaFacts } from '../packers/delta.ts';
import { type Fetcher, transferOf } from './fetcher.ts';
import { get } from './get.ts';

/**
 * The smallest delta from a tar that the client holds, if that is less than the layer: its manifest, then the blob. A
 * client that holds no such tar takes the layer.
 */
export const delta: Fetcher = {
  rounds(inventory, held, values) {
    const whole = get.rounds(inventory, held, values);
    const least = (inventory.deltas ?? [])
      .filter(({ base }) => held.objects.find(base, 0) >= 0)
      .reduce<DeltaFacts | undefined>(
        (best, one) => (best === undefined || total(one) < total(best) ? one : best),
        undefined,
      );
    if (!least || total(least) >= transferOf(whole).contentBytes) return whole;
    const { digest, size, manifestDigest, manifestBytes } = least;
    return [
      [{ kind: 'manifest', digest: manifestDigest, role: 'metadata', bytes: manifestBytes }],
      [{ kind: 'blob', digest, role: 'content', bytes: size }],
    ];
  },
};

function total({ size, manifestBytes }: DeltaFacts): number {
  return size + manifestBytes;
}
