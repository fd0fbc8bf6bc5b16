import { borg } from './borg.ts';
import { casync } from './casync.ts';
import { desync } from './desync.ts';
import { estargz } from './estargz.ts';
import { fastcdcRs } from './fastcdc-rs.ts';
import { goCdc } from './go-cdc.ts';
import { nydus } from './nydus.ts';
import { ostree } from './ostree.ts';
import type { Peer } from './peer.ts';
import { plakar } from './plakar.ts';
import { puzzlefs } from './puzzlefs.ts';
import { restic, resticInstalled } from './restic.ts';
import { resticChunker } from './restic-chunker.ts';
import { soci } from './soci.ts';
import { umoci } from './umoci.ts';
import { unavailable } from './unavailable.ts';
import { unixfs } from './unixfs.ts';
import { xet } from './xet.ts';
import { zchunk } from './zchunk.ts';
import { zstdChunked } from './zstd-chunked.ts';

/** In the order of the table. To add one: a file, a line here. */
export const peers: readonly Peer[] = [
  casync,
  desync,
  resticInstalled,
  restic,
  resticChunker,
  borg,
  ostree,
  zchunk,
  estargz,
  zstdChunked,
  soci,
  umoci,
  unixfs,
  puzzlefs,
  nydus,
  fastcdcRs,
  xet,
  goCdc,
  plakar,
  ...unavailable,
];
