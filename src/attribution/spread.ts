/**
 * Divides whole bytes in proportion to whole weights, so that the parts sum to the total: each gets its share rounded down,
 * and what is left goes byte by byte to the largest remainders, the earlier of equal ones first (Hamilton's method).
 *
 * @param weights at least one of them above 0
 */
export function spread(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum <= 0) throw new RangeError(`${total} bytes have nothing to be divided by`);
  if (total === sum) return weights;
  const shares = weights.map((weight) => shareOf(total, weight, sum));
  const parts = shares.map(({ whole }) => whole);
  let left = total - parts.reduce((all, part) => all + part, 0);
  if (left === 0) return parts;
  const byRemainder = shares
    .map(({ rest }, number) => ({ rest, number }))
    .sort((a, b) => b.rest - a.rest || a.number - b.number);
  for (const { number } of byRemainder) {
    if (left-- === 0) break;
    parts[number]!++;
  }
  return parts;
}

interface Share {
  readonly whole: number;
  /** 0 … sum − 1. */
  readonly rest: number;
}

function shareOf(total: number, weight: number, sum: number): Share {
  const product = total * weight;
  if (product <= Number.MAX_SAFE_INTEGER) {
    const rest = product % sum;
    return { whole: (product - rest) / sum, rest };
  }
  const exact = BigInt(total) * BigInt(weight);
  return { whole: Number(exact / BigInt(sum)), rest: Number(exact % BigInt(sum)) };
}
