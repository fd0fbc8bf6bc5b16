/** 64 KiB is what formats that cut streams have; `fixed` is the one that never finds back. */
export const AVERAGED: readonly string[] = [
  'fixed:size=64KiB',
  ...[
    'fastcdc',
    'fastcdc2016',
    'ronomon',
    'rabin',
    'casync',
    'borg',
    'bup',
    'xet',
    'zchunk',
    'tttd',
    'ae',
    'ram',
    'rollsum',
  ].map((name) => `${name}:avg=64KiB`),
];

/** Name of a chunker without its parameters. */
export function shortOf(chunker: string): string {
  return chunker.split(':')[0]!;
}
