/** Quotients and means that are no number where there is nothing to divide by or to average. */

/** A number, or undefined where there is none: nothing that is computed from nothing may look like a figure. */
export type Maybe = number | undefined;

/** undefined where either is missing, the divisor is 0, or the quotient is beyond what a number holds. */
export function divide(dividend: Maybe, divisor: Maybe): Maybe {
  if (dividend === undefined || divisor === undefined || divisor === 0) return undefined;
  const quotient = dividend / divisor;
  // Adding 0 makes 0 of −0, which would be printed with its sign.
  return Number.isFinite(quotient) ? quotient + 0 : undefined;
}

/** value ÷ base − 1: by how much of the base it is more. */
export function change(value: Maybe, base: Maybe): Maybe {
  const quotient = divide(value, base);
  return quotient === undefined ? undefined : quotient - 1;
}

/** 1 − part ÷ whole: the share that is left. */
export function remainder(part: Maybe, whole: Maybe): Maybe {
  const quotient = divide(part, whole);
  return quotient === undefined ? undefined : 1 - quotient;
}

/** undefined for no values, and where one is missing: a mean over the rest would be of something else. */
export function mean(values: readonly Maybe[]): Maybe {
  const known = defined(values);
  if (known.length < values.length) return undefined;
  return divide(
    known.reduce((sum, value) => sum + value, 0),
    known.length,
  );
}

/** The numbers among them. */
export function defined(values: readonly Maybe[]): readonly number[] {
  return values.filter((value) => value !== undefined);
}
