import { BenchError, PluginError } from '../errors.ts';
import { createNamedFamily, type Family, ofPlugin } from '../family.ts';
import { type Resolved, resolve } from '../ids.ts';
import type { ByteSource } from '../streams/source.ts';
import { ae } from './ae.ts';
import { alignable } from './align.ts';
import { borg } from './borg.ts';
import { bup } from './bup.ts';
import { casync } from './casync.ts';
import { checkedLengths } from './checked.ts';
import type { Algorithm, Chunker, ChunkerMember } from './chunker.ts';
import { fastcdc } from './fastcdc.ts';
import { fastcdcWasm } from './fastcdc-wasm.ts';
import { fastcdc2016 } from './fastcdc2016.ts';
import { holdToContract, testedChunkers } from './first-use.ts';
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
 * | casync       | systemd/casync                                | casync                          | max              |
 * | borg         | borgbackup/borg 1.x                           | published digest of cuts, borg  | max              |
 * | xet          | Xet protocol specification                    | 130 published vectors           | max              |
 * | ae           | Zhang et al., INFOCOM 2015; UWASL/dedup-bench | lengths of UWASL/dedup-bench    | avg − 256        |
 * | ram          | Widodo et al., FGCS 2017; UWASL/dedup-bench   | lengths of UWASL/dedup-bench    | avg − 256        |
 * | zchunk       | zchunk/zchunk                                 | zck                             | max              |
 * | rollsum      | containers/storage, zstd:chunked              | skopeo                          | never            |
 * | seqcdc       | Udayashankar et al., Middleware 2024          | lengths of UWASL/dedup-bench    | max              |
 * | tttd         | Eshghi, Tang, HPL-2005-30                     | rabin, UWASL/dedup-bench fixed  | min              |
 * | repmax       | buildbarn/go-cdc, bazel                       | published vectors               | min              |
 * | maxcdc       | buildbarn/go-cdc                              | lengths of buildbarn/go-cdc     | min              |
 * | bup          | bup/bup                                       | bup                             | 4 · avg          |
 *
 * Which source of its owner each was last held against, and how, is its `heldAgainst` (`bench list chunkers`).
 *
 * Content-defined ones take `align` besides (align.ts).
 *
 * To add one: a file with its definition, a line here. It is cut by that definition, and held to its contract when first
 * used. To have it fast: a kernel; tested: sets in testing/chunker-sets.ts, its name in first-use.ts, vectors in its test.
 */
export const chunkers: Family<ChunkerMember> = createNamedFamily(
  'chunker',
  [
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
  ].map(alignable),
);

export const chunkerMembers: readonly ChunkerMember[] = chunkers.members;

interface Options {
  /** Bytes read from a stream into kernel memory at a time; cuts do not depend on it. */
  readonly blockBytes?: number;
  /** Holds it to its contract when it first cuts, not when it is made: a breach then costs the cells that use it. */
  readonly isHeldOnUse?: boolean;
  /** Those to choose from, where they are not the table's. */
  readonly members?: readonly ChunkerMember[];
}

/**
 * The chunker of an id such as `fastcdc:avg=64KiB`; throws a UsageError that says what is wrong with the id, or a PluginError
 * where the member is not of the tested table and breaks its contract. Its lengths are checked, whoever asks for them.
 */
export function createChunker(
  id: string,
  { members = chunkerMembers, ...options }: Options = {},
): Chunker {
  const resolved = resolve('chunker', members, id);
  const algorithm = ofPlugin(resolved.member, () => algorithmOf(resolved));
  const create = (blockBytes = options.blockBytes): Chunker => {
    const own = {
      id: resolved.id,
      algorithm,
      lengths: (source: ByteSource) => split(algorithm, source, blockBytes),
    };
    return { ...own, lengths: (source) => checkedLengths(own, source) };
  };
  const { member } = resolved;
  if (testedChunkers.has(member.name)) return create();
  const hold = (): void => ofPlugin(member, () => holdToContract(create, algorithm));
  if (options.isHeldOnUse) {
    const chunker = create();
    const lengths = (source: ByteSource): Float64Array => {
      hold();
      return chunker.lengths(source);
    };
    return { ...chunker, lengths };
  }
  hold();
  return create();
}

function algorithmOf({ member, values, id }: Resolved<ChunkerMember>): Algorithm {
  try {
    return member.algorithm(values);
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PluginError(`chunker '${id}' has no algorithm: ${why}`, {}, 'fix the member', {
      cause,
    });
  }
}
