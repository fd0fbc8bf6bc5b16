import { createFamily, type Family } from '../family.ts';

/** A chain with a name. To add one: a row here, and its row in METHODS.md. */
export interface Preset {
  /** As options have it: `oci-gzip`. */
  readonly alias: string;
  /** Five choices: `serialise|chunk|compress|pack|fetch`. */
  readonly chain: string;
  /** In words. */
  readonly title: string;
  /** Specification, program or talk that it follows. */
  readonly source: string;
}

export const presetFamily: Family<Preset> = createFamily('model', ({ alias }) => alias, [
  {
    alias: 'oci-gzip',
    chain: 'layers|whole|delivered|layers|get',
    title: "the image's own layers, tar and gzip",
    source: 'OCI image-spec, layer.md',
  },
  {
    alias: 'tar-zstd',
    chain: 'tar|whole|zstd:level=3|layers|get',
    title: 'one squashed layer, tar and zstd',
    source: 'OCI image-spec, layer.md (zstd)',
  },
  {
    alias: 'per-file',
    chain: 'files|whole|zstd:level=3|objects|get',
    title: 'one object per file content, flat metadata root',
    source: 'ostree, docs/formats.md; OCIv2 alternative (linux.conf.au 2020)',
  },
  {
    alias: 'catar',
    chain: 'catar|fastcdc:avg=64KiB|zstd:level=3|objects|get',
    title: 'catar cut into a chunk store',
    source: 'systemd/casync, with FastCDC for buzhash',
  },
  {
    alias: 'catar-blob',
    chain: 'catar|fastcdc:avg=64KiB|zstd:level=3|blob|range',
    title: 'catar chunks in one blob, index at its tail, fetched by Range',
    source: 'linux.conf.au 2020, "Yet More Alternatives"',
  },
  {
    alias: 'oci-zstd',
    chain: 'layers|whole|zstd:level=3|layers|get',
    title: "the image's own layers, recompressed by zstd",
    source: 'OCI image-spec, layer.md (zstd)',
  },
  {
    alias: 'package-layers',
    chain: 'packages:layers=64|whole|zstd:level=3|layers|get',
    title: 'one layer for each of the largest packages',
    source: 'coreos/chunkah; rpm-ostree',
  },
  {
    alias: 'ostree',
    chain: 'merkle-files|whole|gzip:level=6|objects|get',
    title: 'one object per file content and per directory',
    source: 'ostree, archive mode',
  },
  {
    alias: 'ociv2-poc',
    chain: 'files|rabin:min=2MiB,avg=1MiB,max=16MiB|none|objects|get',
    title: 'chunks of files above 2 MiB, uncompressed',
    source: 'umoci, experimental/ociv2 (fba103fb)',
  },
  {
    alias: 'whole-file',
    chain: 'files|whole|none|objects|get',
    title: 'one uncompressed object per file content, to be reflinked as it is',
    source: 'linux.conf.au 2020, "v2 alternative"',
  },
  {
    alias: 'puzzlefs',
    chain:
      'stream:order=lexicographic|fastcdc:avg=64KiB|zstd-seekable:level=3,frame=4KiB|manifest|get',
    title: 'chunks of one stream of contents, all listed by the manifest',
    source: 'project-machine/puzzlefs',
  },
  {
    alias: 'casync',
    chain: 'catar|casync:avg=64KiB|zstd:level=3|objects|get',
    title: 'catar cut by buzhash into a chunk store',
    source: 'systemd/casync',
  },
  {
    alias: 'nydus',
    chain: 'files|fixed:size=1MiB|zstd:level=3|blob|range',
    title: 'fixed chunks of files in one blob',
    source: 'dragonflyoss/nydus, RAFS',
  },
  {
    alias: 'xet',
    chain: 'files|xet|zstd:level=3|packs:size=64MiB,chunks=8192|range',
    title: 'gear-hash chunks of files in shared packs',
    source: 'huggingface/xet-core',
  },
  {
    alias: 'zchunk',
    chain: 'tar|zchunk|zstd:level=9|blob|range',
    title: 'buzhash chunks of a tar, one blob',
    source: 'zchunk/zchunk',
  },
  {
    alias: 'restic',
    chain: 'files|rabin|zstd:level=3|packs:size=16MiB|range',
    title: 'Rabin chunks of files in shared packs',
    source: 'restic, design.rst',
  },
  {
    alias: 'borg',
    chain: 'files|borg|zstd:level=3|packs:size=500MiB|range',
    title: 'buzhash chunks of files in shared segments',
    source: 'borgbackup/borg 1.2',
  },
  {
    alias: 'zsync',
    chain: 'tar|fixed:size=4KiB|none|blob|range',
    title: 'fixed blocks of a tar, found only at multiples of their size',
    source: 'zsync',
  },
  {
    alias: 'unixfs',
    chain: 'merkle-files|fixed:size=256KiB|none|objects|get',
    title: 'fixed chunks of files, one object per directory',
    source: 'IPFS, IPIP-0499 (v0-2015)',
  },
  {
    alias: 'chunk-per-blob',
    chain: 'catar|casync:avg=64KiB|zstd:level=3|manifest|get',
    title: 'every chunk a blob of the registry',
    source: 'folbricht/desync#284',
  },
  {
    alias: 'estargz',
    chain: 'layer-files|fixed:size=4MiB|gzip:level=9|estargz|range',
    title: "the image's own layers, a gzip member per file",
    source: 'containerd/stargz-snapshotter, docs/estargz.md',
  },
  {
    alias: 'soci-index',
    chain: 'layers|whole|delivered|ztoc:span=4MiB,least=10MiB|range',
    title: "the image's own layers, and an index beside them of where to start reading",
    source: 'awslabs/soci-snapshotter',
  },
  {
    alias: 'zstd-chunked',
    chain: 'layer-files|rollsum|zstd:level=3|zstd-chunked|range',
    title: "the image's own layers, zstd frames of cut files",
    source: 'containers/storage, pkg/chunked',
  },
  {
    alias: 'composefs-chunked',
    chain: 'tar-files:least=4KiB|whole|zstd:level=3|offset-map|range',
    title: 'canonical tar, a zstd frame per file of 4 KiB or more',
    source: 'composefs-rs#224, #356 (drafts)',
  },
  {
    alias: 'unixfs-v1',
    chain: 'merkle-files|fixed:size=1MiB|none|objects|get',
    title: 'fixed chunks of files of 1 MiB, one object per directory',
    source: 'IPFS, IPIP-0499 (v1-2025)',
  },
]);

/** All chains with names, in the order of METHODS.md; plug-ins that are loaded add theirs. */
export const presets: readonly Preset[] = presetFamily.members;
