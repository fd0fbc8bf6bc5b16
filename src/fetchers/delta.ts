import type { DeltaFacts } from '../packers/delta.ts';
import type { Fetcher } from './fetcher.ts';
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
    const wholeBytes = whole.reduce((sum, round) => sum + round.contentBytes, 0);
    if (!least || total(least) >= wholeBytes) return whole;
    return [
      { contentBytes: 0, metadataBytes: least.manifestBytes, requests: 1 },
      { contentBytes: least.size, metadataBytes: 0, requests: 1 },
    ];
  },
};

function total({ size, manifestBytes }: DeltaFacts): number {
  return size + manifestBytes;
}
