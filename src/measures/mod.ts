/** Every measure a record may carry. A report chart is a pair of these names. See METHODS.md for the formulas. */

export interface Measure {
  readonly name: MeasureName;
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'less' | 'more' | 'neither';
  /** Exact measures are the same bytes on any machine; the others are timed or derived from timed values. */
  readonly exact: boolean;
  /** Every value lies in it; for measures whose values are numbers. */
  readonly range: Range;
}

export interface Range {
  readonly least: number;
  readonly most: number;
  /** Integers alone. */
  readonly whole: boolean;
}

export type Unit =
  | 'bytes'
  | 'count'
  | 'ratio'
  | 'share'
  | 'ms'
  | 'MB/s'
  | 'sha256'
  | 'version'
  | 'name';

/** How the values of a measure differ from what its unit says. */
type Kind =
  /** A part of a whole: 0 to 1. */
  | 'part'
  /** A quotient less one: from −1. */
  | 'change'
  /** Below 0 as well. */
  | 'signed'
  /** Of bytes that are no count of bytes. */
  | 'mean';

type Row = readonly [
  name: string,
  title: string,
  unit: Unit,
  better: Measure['better'],
  exact: boolean,
  kind?: Kind,
];

const rows = [
  // Facts of an image; model is `*`.
  ['image.entries', 'Entries in the tree', 'count', 'neither', true],
  ['image.files', 'Regular files, each hardlinked content once', 'count', 'neither', true],
  ['image.logical_bytes', 'File contents, each hardlinked content once', 'bytes', 'neither', true],
  ['image.layer_bytes', 'Uncompressed layers', 'bytes', 'neither', true],
  [
    'image.delivered_bytes',
    'Compressed layers as the registry delivered them',
    'bytes',
    'neither',
    true,
  ],

  ['image.distribution', 'Distribution, ID of os-release', 'name', 'neither', true],
  [
    'image.duplicate_bytes',
    'File contents that this image or one before has already',
    'bytes',
    'neither',
    true,
  ],
  [
    'image.reflinkable_bytes',
    '… of which on blocks that a file system can share',
    'bytes',
    'neither',
    true,
  ],
  [
    'image.reflinkable_share',
    'Reflinkable share of duplicate bytes',
    'share',
    'neither',
    true,
    'part',
  ],
  [
    'image.shared_file_bytes',
    'Whole files that the other image has too, each content once',
    'bytes',
    'neither',
    true,
  ],
  [
    'image.shared_file_share',
    'Bytes of whole files in both images ÷ in either',
    'share',
    'neither',
    true,
    'part',
  ],

  // Dedup over the series so far.
  ['dedup.stream_bytes', 'Bytes serialised for this image', 'bytes', 'neither', true],
  ['dedup.new_bytes', 'Unique bytes this image adds', 'bytes', 'less', true],
  ['dedup.unique_bytes', 'Unique bytes of the series so far', 'bytes', 'less', true],
  ['dedup.ratio', 'Stream bytes of the series so far ÷ unique bytes', 'ratio', 'more', true],
  ['dedup.objects', 'Distinct objects of the series so far', 'count', 'less', true],
  ['stored.bytes', 'Registry bytes of the series so far', 'bytes', 'less', true],
  ['stored.content_bytes', '… of which content', 'bytes', 'less', true],
  [
    'stored.metadata_bytes',
    '… of which manifests, configs, indexes, metadata roots',
    'bytes',
    'less',
    true,
  ],
  ['stored.delta_bytes', '… of which deltas and their manifests', 'bytes', 'less', true],
  ['stored.blobs', 'Registry blobs of the series so far', 'count', 'less', true],
  [
    'stored.disk_bytes',
    'Disk blocks of 4 KiB that the registry fills for the series so far',
    'bytes',
    'less',
    true,
  ],
  ['stored.manifest_bytes', 'Manifest of this image', 'bytes', 'less', true],
  ['dedup.shared_bytes', 'Objects that the other image has too', 'bytes', 'more', true],
  [
    'dedup.shared_share',
    'Bytes of objects in both images ÷ in either',
    'share',
    'more',
    true,
    'part',
  ],
  ['chunks.count', 'Chunks of this image', 'count', 'neither', true],
  ['chunks.mean', 'Obtained mean chunk', 'bytes', 'neither', true, 'mean'],
  ['chunks.p5', '5th percentile of chunk lengths', 'bytes', 'neither', true],
  ['chunks.p50', 'Median chunk length', 'bytes', 'neither', true],
  ['chunks.p95', '95th percentile of chunk lengths', 'bytes', 'neither', true],
  [
    'chunks.at_longest_share',
    'Share of chunks cut at the longest length',
    'share',
    'neither',
    true,
    'part',
  ],

  // The receiver's side of this image alone.
  ['disk.bytes', 'Disk blocks of 4 KiB that the receiver fills', 'bytes', 'less', true],
  ['disk.files_bytes', '… of which files', 'bytes', 'less', true],
  ['disk.store_bytes', '… of which a chunk store beside them', 'bytes', 'less', true],
  [
    'disk.page_cache_shared_bytes',
    "Bytes of files that memory holds once with the client's images",
    'bytes',
    'more',
    true,
  ],

  // Transfer: client says what the receiver holds.
  ['transfer.bytes', 'Bytes to pull this image', 'bytes', 'less', true],
  ['transfer.content_bytes', '… of which content', 'bytes', 'less', true],
  [
    'transfer.metadata_bytes',
    '… of which manifest, config, index, metadata root',
    'bytes',
    'less',
    true,
  ],
  ['transfer.requests', 'Requests to pull this image', 'count', 'less', true],
  ['transfer.rounds', 'Dependent rounds of requests', 'count', 'less', true],
  ['transfer.network_ms', 'Modelled network time on the link', 'ms', 'less', true],
  [
    'transfer.measured_ms',
    'Time to pull from real servers over the shaped link',
    'ms',
    'less',
    false,
  ],
  ['transfer.model_error', 'Modelled ÷ measured time − 1', 'share', 'neither', false, 'change'],
  ['transfer.wire_bytes', 'Bytes from the servers, HTTP headers included', 'bytes', 'less', false],
  ['transfer.wire_connections', 'Connections opened', 'count', 'less', false],
  ['link.round_trip_ms', 'Round trip that the shaped link has', 'ms', 'neither', false],
  [
    'link.body_error',
    'Time of one large body on the shaped link ÷ (round trip + bytes ÷ bandwidth) − 1',
    'share',
    'neither',
    false,
    'change',
  ],
  ['transfer.total_ms', 'Modelled network time plus measured time to unpack', 'ms', 'less', false],
  [
    'transfer.cumulative_bytes',
    'Bytes pulled by a client that follows the series',
    'bytes',
    'less',
    true,
  ],
  [
    'transfer.break_even_oci_gzip',
    'First version with fewer cumulative bytes than oci-gzip',
    'version',
    'less',
    true,
  ],
  [
    'transfer.break_even_tar_zstd',
    'First version with fewer cumulative bytes than tar-zstd',
    'version',
    'less',
    true,
  ],
  [
    'transfer.break_even_per_file',
    'First version with fewer cumulative bytes than per-file',
    'version',
    'less',
    true,
  ],

  // Deltas from the image before.
  ['delta.bytes', 'Delta from the image before', 'bytes', 'less', true],
  ['delta.generate_ms', 'Processor time of making that delta', 'ms', 'less', false],
  ['delta.apply_ms', 'Processor time of applying it', 'ms', 'less', false],

  // Throughput: field `workers` says how many.
  ['throughput.pack', 'Stream bytes packed per second', 'MB/s', 'more', false],
  ['throughput.unpack', 'Stream bytes unpacked and verified per second', 'MB/s', 'more', false],
  ['throughput.pack_speedup', 'Pack speed over one worker', 'ratio', 'more', false],
  ['throughput.unpack_speedup', 'Unpack speed over one worker', 'ratio', 'more', false],
  ['throughput.pack_efficiency', 'Pack speed-up ÷ workers', 'share', 'more', false],
  ['throughput.unpack_efficiency', 'Unpack speed-up ÷ workers', 'share', 'more', false],
  [
    'throughput.pack_serial_share',
    'Serial share of packing (Karp–Flatt)',
    'share',
    'less',
    false,
    'signed',
  ],
  [
    'throughput.unpack_serial_share',
    'Serial share of unpacking (Karp–Flatt)',
    'share',
    'less',
    false,
    'signed',
  ],
  [
    'throughput.serialise_ms',
    'Stage of packing: serialise (contents are read by later stages)',
    'ms',
    'less',
    false,
  ],
  ['throughput.chunk_ms', 'Stage of packing: cut', 'ms', 'less', false],
  ['throughput.hash_ms', 'Stage of packing: digest', 'ms', 'less', false],
  ['throughput.compress_ms', 'Stage of packing: compress', 'ms', 'less', false],
  ['throughput.write_ms', 'Stage of packing: assemble and write', 'ms', 'less', false],
  [
    'throughput.update_ms',
    'Modelled time of one worker to produce this image after those before',
    'ms',
    'less',
    false,
  ],
  [
    'throughput.pack_noise_floor',
    'Median difference of packing repeated against itself',
    'share',
    'less',
    false,
    'part',
  ],
  [
    'throughput.unpack_noise_floor',
    'Median difference of unpacking repeated against itself',
    'share',
    'less',
    false,
    'part',
  ],
  [
    'throughput.noise_floor',
    'That of packing, as runs had it before each operation had its own',
    'share',
    'less',
    false,
    'part',
  ],

  // Speed of one way over the input, in memory, one thread: model is a chunker, a digest or a package.
  ['speed.input_bytes', 'Bytes of the input', 'bytes', 'neither', true],
  ['speed.input_digest', 'Digest of the input', 'sha256', 'neither', true],
  ['speed.average', 'Chunk size asked for', 'bytes', 'neither', true],
  ['speed.chunks', 'Chunks of the input', 'count', 'neither', true],
  ['speed.rate', 'Input bytes per second of processor time, median', 'MB/s', 'more', false],
  ['speed.deviation', 'Median absolute deviation of that rate', 'MB/s', 'less', false],
  ['speed.of_memory_pass', 'Rate ÷ rate of a plain memory pass', 'ratio', 'more', false],
  ['speed.of_peer', 'Rate ÷ rate of the npm package of this kind', 'ratio', 'more', false],

  // Reproducibility.
  ['reproducibility.digest', 'Digest of the packed image', 'sha256', 'neither', true],
  ['reproducibility.packings', 'Packings under varied conditions', 'count', 'neither', true],
  [
    'reproducibility.distinct_digests',
    'Distinct digests among them; 1 is canonical',
    'count',
    'less',
    true,
  ],
  [
    'reproducibility.runtime_digests',
    'Distinct digests between Node and Deno',
    'count',
    'less',
    true,
  ],
  [
    'reproducibility.fixpoint',
    'Pack → unpack → pack gives the same digest: 1',
    'count',
    'more',
    true,
  ],
] as const;

/** A measurement of another name does not compile. */
export type MeasureName = (typeof rows)[number][0];

const table: readonly (Row & { readonly 0: MeasureName })[] = rows;

export const measures: ReadonlyMap<string, Measure> = new Map(
  table.map(([name, title, unit, better, exact, kind]) => [
    name,
    { name, title, unit, better, exact, range: rangeOf(unit, exact, kind) },
  ]),
);

function rangeOf(unit: Unit, exact: boolean, kind: Kind | undefined): Range {
  const least = kind === 'signed' ? Number.NEGATIVE_INFINITY : kind === 'change' ? -1 : 0;
  // Medians of counts may lie between two of them.
  const isCounted = (unit === 'bytes' || unit === 'count') && exact && kind !== 'mean';
  return { least, most: kind === 'part' ? 1 : Number.POSITIVE_INFINITY, whole: isCounted };
}
