/** What a small change moves. */
export const avalancheMeasures = [
  {
    name: 'avalanche.factor',
    title: 'Bytes pulled ÷ bytes that changed in meaning',
    unit: 'ratio',
    better: 'less',
    exact: true,
    of: 'transfer',
    clients: ['previous'],
    doc: 'transfer.bytes ÷ (step.changed_content_bytes + step.changed_metadata_bytes), of steps that the dataset declares an edit or a rebuild.',
  },
  {
    name: 'avalanche.content_factor',
    title: '… of content',
    unit: 'ratio',
    better: 'less',
    exact: true,
    of: 'transfer',
    clients: ['previous'],
    doc: 'transfer.content_bytes ÷ step.changed_content_bytes; absent where no content changed.',
  },
  {
    name: 'avalanche.metadata_factor',
    title: '… of manifest, config, index, metadata root',
    unit: 'ratio',
    better: 'less',
    exact: true,
    of: 'transfer',
    clients: ['previous'],
    doc: 'transfer.metadata_bytes ÷ step.changed_metadata_bytes; absent where no metadata changed.',
  },
] as const;
