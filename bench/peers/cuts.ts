import { createChunker } from '../../src/chunkers/mod.ts';
import { FileSource } from '../../src/streams/source.ts';
import type { Comparison } from './peer.ts';

/** Lengths of the chunks that the chunker of an id cuts of a file. */
export function ourCuts(id: string, path: string): readonly number[] {
  return [...createChunker(id).lengths(new FileSource(path))];
}

/** Theirs and ours of one file. @param why what to say where they differ */
export function compareCuts(
  parameters: string,
  theirs: readonly number[],
  ours: readonly number[],
  why = 'not explained',
): Comparison {
  const isSame =
    theirs.length === ours.length && theirs.every((length, index) => length === ours[index]);
  return {
    parameters,
    what: 'chunks of the canonical tar',
    theirs: theirs.length,
    ours: ours.length,
    isSame,
    why: isSame ? 'every cut is equal' : `${why}; ${sharedEnds(theirs, ours)}`,
  };
}

function sharedEnds(theirs: readonly number[], ours: readonly number[]): string {
  const ends = (lengths: readonly number[]): readonly number[] => {
    let end = 0;
    return lengths.map((length) => {
      end += length;
      return end;
    });
  };
  const known = new Set(ends(ours));
  const shared = ends(theirs).filter((end) => known.has(end)).length;
  return `${shared} of their ${theirs.length} ends are ends of ours`;
}
