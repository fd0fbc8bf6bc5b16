import { type Resolved, resolve } from '../ids.ts';
import { ae } from './ae.ts';
import { borg } from './borg.ts';
import { bup } from './bup.ts';
import { casync } from './casync.ts';
import type { Chunker, ChunkerMember } from './chunker.ts';
import { fastcdc } from './fastcdc.ts';
import { fastcdcWasm } from './fastcdc-wasm.ts';
import { fastcdc2016 } from './fastcdc2016.ts';
import { fixed } from './fixed.ts';
import { maxcdc } from './maxcdc.ts';
import { rabin } from './rabin.ts';
import { ram } from './ram.ts';
import { repmax } from './repmax.ts';
import { rollsum } from './rollsum.ts';
import { ronomon } from './ronomon.ts';
import { seqcdc } from './seqcdc.ts';
import { split } from './split.ts';
import { tttd } from './tttd.ts';
import { whole } from './whole.ts';
import { xet } from './xet.ts';
import { zchunk } from './zchunk.ts';

export { lengthsOfMany } from './sweep.ts';

/**
 * | member       | follows                                       | cuts are checked against        | zeros are cut at |
 * |--------------|-----------------------------------------------|---------------------------------|------------------|
 * | whole        | OCI image specification                       |                                 | never            |
 * | fixed        | nydus                                         |                                 | size             |
 * | rabin        | restic/chunker                                | restic                          | min              |
 * | fastcdc      | Xia et al., TPDS 2020; fastcdc-rs `v2020`     | published vectors               | max              |
 * | fastcdc2016  | Xia et al., ATC 2016; fastcdc-rs `v2016`      | published vectors               | max              |
 * | ronomon      | ronomon/deduplication                         | published vector, fastcdc-wasm  | max              |
 * | fastcdc-wasm | npm package fastcdc-wasm 0.1.0                | published vector, ronomon       | max              |
 * | casync       | systemd/casync, folbricht/desync              | casync                          | max              |
 * | borg         | borgbackup/borg 1.2                           | published hash, borg            | max              |
 * | xet          | Xet protocol specification                    | published vector                | max              |
 * | ae           | Zhang et al., INFOCOM 2015; UWASL/dedup-bench | lengths of UWASL/dedup-bench    | avg − 256        |
 * | ram          | Widodo et al., FGCS 2017; UWASL/dedup-bench   | lengths of UWASL/dedup-bench    | avg − 256        |
 * | zchunk       | zchunk/zchunk 1.2                             | zck                             | max              |
 * | rollsum      | containers/storage, zstd:chunked              | skopeo                          | never            |
 * | seqcdc       | Udayashankar et al., Middleware 2024          | lengths of UWASL/dedup-bench    | max              |
 * | tttd         | Eshghi, Tang, HPL-2005-30                     | rabin, UWASL/dedup-bench mended | min              |
 * | repmax       | buildbarn/go-cdc, bazel                       | published vectors               | min              |
 * | maxcdc       | buildbarn/go-cdc                              | lengths of buildbarn/go-cdc     | min              |
 * | bup          | bup/bup                                       | bup                             | 4 · avg          |
 *
 * To add one: a file with its definition and kernel call, a line here, sets in testing/chunker-sets.ts, vectors in its test.
 */
export const chunkerMembers: readonly ChunkerMember[] = [
  whole,
  fixed,
  rabin,
  fastcdc,
  fastcdc2016,
  ronomon,
  fastcdcWasm,
  casync,
  borg,
  xet,
  ae,
  ram,
  zchunk,
  rollsum,
  seqcdc,
  tttd,
  repmax,
  maxcdc,
  bup,
];

/**
 * The chunker of an id such as `fastcdc:avg=64KiB`; throws a UsageError that says what is wrong with the id.
 *
 * @param options.blockBytes bytes read from a stream at a time; cuts do not depend on it
 */
export function createChunker(id: string, options: { readonly blockBytes?: number } = {}): Chunker {
  return chunkerOf(resolve('chunker', chunkerMembers, id), options);
}

function chunkerOf(
  { member, values, id }: Resolved<ChunkerMember>,
  { blockBytes }: { readonly blockBytes?: number },
): Chunker {
  const algorithm = member.algorithm(values);
  return { id, algorithm, lengths: (source) => split(algorithm, source, blockBytes) };
}
