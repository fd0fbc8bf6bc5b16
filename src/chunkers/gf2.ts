/** Polynomials over GF(2) as integers: bit k is the coefficient of x^k. */

/** Degree; −1 for the zero polynomial. */
export function degree(polynomial: bigint): number {
  if (polynomial === 0n) return -1;
  let below = 0;
  let rest = polynomial;
  for (; rest > 0xffffffffn; below += 32) rest >>= 32n;
  return below + 31 - Math.clz32(Number(rest));
}

export function remainder(dividend: bigint, divisor: bigint): bigint {
  const width = degree(divisor);
  let rest = dividend;
  for (let own = degree(rest); own >= width; own = degree(rest)) {
    rest ^= divisor << BigInt(own - width);
  }
  return rest;
}

/**
 * Whether a polynomial of *prime* degree p has no factors: x^(2^p) ≡ x leaves only factors of degree 1 or p, and it has
 * none of degree 1 when neither 0 nor 1 is a root.
 */
export function isIrreducibleOfPrimeDegree(polynomial: bigint): boolean {
  const ones = polynomial.toString(2).replaceAll('0', '').length;
  if ((polynomial & 1n) === 0n || ones % 2 === 0) return false;
  let power = 2n;
  for (let step = 0; step < degree(polynomial); step++)
    power = remainder(square(power), polynomial);
  return power === 2n;
}

/** Squaring spreads the bits: (Σ x^k)² = Σ x^2k. */
function square(polynomial: bigint): bigint {
  return BigInt(`0b${polynomial.toString(2).split('').join('0')}`);
}
