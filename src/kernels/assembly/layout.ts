/**
 * Where a chunker's numbers and tables lie. Constants, because V8 folds them into the address of a load: with the address in
 * a variable the gear loop runs at three quarters of the speed.
 */
const NUMBERS: usize = 65536;
export const TABLES: usize = NUMBERS + 128;

/** The chunker's n-th number, as its TypeScript file lists them. */
// @ts-ignore: decorator
@inline
export function size(n: usize): usize {
  return <usize>load<u64>(NUMBERS + 8 * n);
}

// @ts-ignore: decorator
@inline
export function word(n: usize): u64 {
  return load<u64>(NUMBERS + 8 * n);
}
