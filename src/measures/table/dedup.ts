/** Deduplication over a series. */
export const dedupMeasures = [
  {
    name: 'dedup.stream_bytes',
    title: 'Bytes serialised for this image',
    unit: 'bytes',
    better: 'neither',
    exact: true,
    of: 'packed image',
    doc: 'Length of the streams before chunking.',
  },
  {
    name: 'dedup.new_bytes',
    title: 'Unique bytes this image adds',
    unit: 'bytes',
    better: 'less',
    exact: true,
    of: 'series so far',
    doc: 'Lengths of content objects that no image before has, before compression.',
  },
  {
    name: 'dedup.unique_bytes',
    title: 'Unique bytes of the series so far',
    unit: 'bytes',
    better: 'less',
    exact: true,
    of: 'series so far',
    doc: 'Sum of dedup.new_bytes.',
  },
  {
    name: 'dedup.ratio',
    title: 'Stream bytes of the series so far ÷ unique bytes',
    unit: 'ratio',
    better: 'more',
    exact: true,
    of: 'series so far',
    doc: 'Sum of dedup.stream_bytes ÷ dedup.unique_bytes.',
  },
  {
    name: 'dedup.objects',
    title: 'Distinct objects of the series so far',
    unit: 'count',
    better: 'less',
    exact: true,
    of: 'series so far',
    doc: 'Distinct SHA-256 digests of objects; xxh128 in sweeps.',
  },
] as const;

/** What two images have in common. */
export const sharingMeasures = [
  {
    name: 'dedup.shared_bytes',
    title: 'Objects that the other image has too',
    unit: 'bytes',
    better: 'more',
    exact: true,
    of: 'pair',
    doc: 'Lengths of distinct content objects that both images have, before compression.',
  },
  {
    name: 'dedup.shared_share',
    title: 'Bytes of objects in both images ÷ in either',
    unit: 'share',
    better: 'more',
    exact: true,
    of: 'pair',
    kind: 'part',
    doc: 'Weighted Jaccard index of the distinct content objects.',
  },
] as const;

/** What a store that was cut otherwise is good for. */
export const reuseMeasures = [
  {
    name: 'dedup.reused_bytes',
    title: 'Chunks that the image before has too, cut by other parameters',
    unit: 'bytes',
    better: 'more',
    exact: true,
    of: 'transfer',
    doc: 'Lengths of distinct chunks of this image by the model that the image before has by the chunker of the client; experiment `parameters`.',
  },
  {
    name: 'dedup.reuse_left',
    title: '… ÷ those that it has cut by the same',
    unit: 'ratio',
    better: 'more',
    exact: true,
    of: 'transfer',
    doc: "dedup.reused_bytes ÷ that of the client with the model's own chunker; absent where that is 0.",
  },
] as const;

/** Lengths of chunks. */
export const chunkMeasures = [
  {
    name: 'chunks.count',
    title: 'Chunks of this image',
    unit: 'count',
    better: 'neither',
    exact: true,
    of: 'packed image',
    doc: 'Every chunk counted as often as it occurs.',
  },
  {
    name: 'chunks.mean',
    title: 'Actual mean chunk',
    unit: 'bytes',
    better: 'neither',
    exact: true,
    of: 'packed image',
    kind: 'mean',
    doc: 'Stream bytes ÷ chunks.',
  },
  {
    name: 'chunks.p5',
    title: '5th percentile of chunk lengths',
    unit: 'bytes',
    better: 'neither',
    exact: true,
    of: 'packed image',
    doc: 'Nearest rank.',
  },
  {
    name: 'chunks.p50',
    title: 'Median chunk length',
    unit: 'bytes',
    better: 'neither',
    exact: true,
    of: 'packed image',
    doc: 'Nearest rank.',
  },
  {
    name: 'chunks.p95',
    title: '95th percentile of chunk lengths',
    unit: 'bytes',
    better: 'neither',
    exact: true,
    of: 'packed image',
    doc: 'Nearest rank.',
  },
  {
    name: 'chunks.at_longest_share',
    title: 'Share of chunks cut at the longest length',
    unit: 'share',
    better: 'neither',
    exact: true,
    of: 'packed image',
    kind: 'part',
    doc: 'Chunks of the longest length that the chunker allows ÷ chunks.',
  },
] as const;
