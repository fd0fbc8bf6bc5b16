import { madeRecords } from '../made-records.ts';
import type { ClaimRecords } from './claim.ts';

/** Records made up for tests of claims. */
export function madeClaimRecords(parts: Parameters<typeof madeRecords>[0]): ClaimRecords {
  const none = (): never => {
    throw new Error('no claim here reads records one by one');
  };
  return {
    ...madeRecords(parts),
    view: { of: none, number: none } as never,
    observed: [],
    withImage: none,
    kept: (_what, _images, take) => take(),
  };
}
