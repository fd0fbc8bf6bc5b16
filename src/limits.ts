type Limit =
  | 'manifestBytes'
  | 'datasetBytes'
  | 'jsonDepth'
  | 'pathBytes'
  | 'pathDepth'
  | 'paxBytes'
  | 'entries'
  | 'metadataBytes'
  | 'listingBytes'
  | 'extendedHeaders'
  | 'globalRecords'
  | 'sparseExtents'
  | 'choiceDocuments'
  | 'blobBytes'
  | 'layerBytes'
  | 'solidBytes'
  | 'wholeBytes'
  | 'heldBytes'
  | 'cellBytes'
  | 'workerBytes'
  | 'pieceBytes'
  | 'packageBytes'
  | 'contentBytes'
  | 'dictionaryBytes'
  | 'blockBytes'
  | 'chunkBytes'
  | 'referenceBytes'
  | 'images'
  | 'imageWarnings'
  | 'pairImages'
  | 'stallMs'
  | 'retryAfterMs'
  | 'pluginBytes'
  | 'gridIds'
  | 'exploredIds'
  | 'rememberedBytes'
  | 'workers'
  | 'shards'
  | 'traceRows'
  | 'sketchPairs'
  | 'toolSeconds'
  | 'patchedBytes'
  | 'bsdiffBytes'
  | 'tarDiffBytes'
  | 'openFiles'
  | 'listedNames'
  | 'fewNames'
  | 'listedCharacters'
  | 'messageCharacters';

/** Every bound of the harness and its reason. Sizes in bytes. */
export const limits: Readonly<Record<Limit, number>> = {
  /** The OCI distribution specification asks registries for manifests of at least 4 MiB; nobody may send more. */
  manifestBytes: 4 << 20,
  /** Dataset manifests and locks: 10⁵ images or packages fit; more is a mistake or an attack. */
  datasetBytes: 64 << 20,
  /** Nesting of JSON that others wrote: real documents have less than ten levels, and parsers recurse. */
  jsonDepth: 100,
  /** A path longer than this is refused by Linux (PATH_MAX) many times over; guards memory against hostile archives. */
  pathBytes: 64 << 10,
  /** Depth of a path; deeper trees exceed what file systems restore. */
  pathDepth: 1024,
  /** One PAX header block; real ones are below 64 KiB even with ACLs. */
  paxBytes: 1 << 20,
  /** Entries in one image's layers: one takes 1 KiB of memory at the peak, and Node's heap ends at 2 to 4 GiB. */
  entries: 2_000_000,
  /**
   * What of a tree grows with what its archive says: paths, owner names, link targets, attributes, warnings, maps of sparse
   * files, of all layers. The paths below /usr of a desktop, 176,000, have 11 MiB. A tree at the bound is read in less than
   * 900 MiB of memory, packing and restoring one takes 1 to 7 GiB, and Node's heap ends at 2 to 4 GiB a thread.
   */
  metadataBytes: 512 << 20,
  /** The same of a tar that is looked through for images: they are few files with short names, and it is read again as a layer. */
  listingBytes: 64 << 20,
  /** PAX and GNU headers in a row before the entry they describe; real archives have at most four. */
  extendedHeaders: 64,
  /** Records of all global PAX headers of one archive; git writes one, and each entry is read through them. */
  globalRecords: 256,
  /** Data extents of one sparse file. */
  sparseExtents: 1_000_000,
  /** Indexes and configurations read to choose one image of several; an index that names no platform is the rare one. */
  choiceDocuments: 1000,
  /** Declared size of one blob, before any of it is fetched or written: as much as a layer may hold uncompressed. */
  blobBytes: 64 * 2 ** 30,
  /** Uncompressed size of one layer. */
  layerBytes: 64 * 2 ** 30,
  /**
   * Longest piece that is compressed in one call: 2 GiB of WebAssembly memory hold input, output and the tables of zstd at
   * once. 900 MiB still fit at level 3, 960 MiB do not.
   */
  solidBytes: 768 << 20,
  /**
   * Longest piece that a codec takes whole where it could take it in steps: with what is made of it, and the tables of zstd, such
   * a cell takes 0.9 GiB. Solid layers of the usual images are shorter.
   */
  wholeBytes: 256 << 20,
  /** What of one image is kept in memory while it is packed or restored; more goes to scratch files. Tests stay below it. */
  heldBytes: 16 << 20,
  /** What a cell takes beside a piece that is held whole: a thread, its kernels, and a tree of 66,000 entries. Measured. */
  cellBytes: 256 << 20,
  /**
   * Memory of the cells at work, for each worker of a run: two workers have room for the greatest solid cell beside a chunked one
   * (896 and 256 MiB), not for two solid ones.
   */
  workerBytes: 640 << 20,
  /** Compressed pieces that the cells of a run have in common: those of ten models of two images of 80 MB. */
  pieceBytes: 256 << 20,
  /** Unpacked Debian packages that are kept for the next image of a series: a minimal system has half of it. */
  packageBytes: 256 << 20,
  /** Contents of the objects of one image, which are restored to scratch files: sixteen layers of the greatest size. */
  contentBytes: 2 ** 40,
  /** Longest dictionary: it is loaded anew for every piece, which takes as long as to compress as many bytes. */
  dictionaryBytes: 1 << 20,
  /** Bytes read from a stream into kernel memory at a time, beside the longest chunk; they stay in the processor's cache. */
  blockBytes: 1 << 20,
  /** Longest chunk that any chunker may be asked for. */
  chunkBytes: 64 << 20,
  /** Longest stream that is cut by a readable definition, for want of a kernel: each thread holds it whole. */
  referenceBytes: 512 << 20,
  /** Milliseconds in which a server must send 64 KiB or end: the slowest modem does. */
  stallMs: 60_000,
  /** Longest pause that a server may ask for (Retry-After): who wants more time gets it in another run. */
  retryAfterMs: 60_000,
  /** Warnings of one image that a run records: a hostile layer has one for each entry. */
  imageWarnings: 20,
  /** Images in one dataset. */
  images: 100_000,
  /** Images of which all pairs are measured: 40 give 1560 pairs a model; a map of more is not read by eye. */
  pairImages: 40,
  /** Longest file of a plug-in: it is source, and every thread is handed it. */
  pluginBytes: 1 << 20,
  /** Ids in one grid expansion. */
  gridIds: 1024,
  /** Chains that a design space may expand to; a chain takes 2 KiB of memory before it is measured. */
  exploredIds: 1_000_000,
  /** What a thread remembers of the stored lengths of contents, each codec: 760,000 contents. */
  rememberedBytes: 64 << 20,
  /** Threads of a command: each holds a copy of the kernels and its own engine of zstd, tens of MB. */
  workers: 256,
  /** Parts of a run: what a job array of Slurm takes at most in its standard configuration is a hundredth of it. */
  shards: 100_000,
  /** Rows of a chunk trace that wait to be written: 44 B each, and as much again while they are sorted. */
  traceRows: 1 << 20,
  /** Images whose pairs a report of a sketch prints: half a million rows a chunker. */
  sketchPairs: 1000,
  /** Processor time of one run of an external program, seconds: bsdiff takes a tenth of it for 256 MiB. */
  toolSeconds: 1800,
  /** Longest tar that a delta is made from or to: `zstd --patch-from` and the window of xdelta3 end at 2 GiB. */
  patchedBytes: 2 ** 31 - 1,
  /** Longest tar that bsdiff is given: it takes 17 times as much memory. */
  bsdiffBytes: 256 << 20,
  /** Longest tar that tar-diff is given: solidBytes less what its operations add. */
  tarDiffBytes: 704 << 20,
  /** Files that a thread keeps open to read from: a process may have 256 in all on some systems, and has threads. */
  openFiles: 32,
  /** Names that a message lists: who has more to choose from does not choose from a message. */
  listedNames: 20,
  /** Names that a message lists beside the one that may be meant: they are read at a glance. */
  fewNames: 8,
  /** Characters of one name in a message. */
  listedCharacters: 100,
  /** Characters of a part of an error (what, each place, hint): a path may have 65,536. */
  messageCharacters: 4000,
};
