/** Facts of the step from one image of a series to the next, whatever the model. */
export const stepMeasures = [
  {
    name: 'step.kind',
    title: 'Kind of the step from the image before',
    unit: 'name',
    better: 'neither',
    exact: true,
    of: 'step',
    doc: 'update, release, edit or rebuild: as the dataset declares it, else update where step.shared_share is at least a half.',
  },
  {
    name: 'step.shared_share',
    title: 'Bytes of whole files in both images of the step ÷ in either',
    unit: 'share',
    better: 'neither',
    exact: true,
    of: 'step',
    kind: 'part',
    doc: 'Weighted Jaccard index of the distinct file contents.',
  },
] as const;
