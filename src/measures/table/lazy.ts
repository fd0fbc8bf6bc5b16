/** What the start of a program asks for, where a client fetches no more than that. */
export const lazyMeasures = [
  {
    name: 'lazy.bytes',
    title: 'Bytes to start a program',
    unit: 'bytes',
    better: 'less',
    exact: true,
    of: 'transfer',
    by: 'program',
    doc: 'Bodies of all answers that a client which holds nothing needs for the recorded accesses, whole chunks or frames; of a format that cannot serve parts the whole image.',
  },
  {
    name: 'lazy.requests',
    title: 'Requests to start a program',
    unit: 'count',
    better: 'less',
    exact: true,
    of: 'transfer',
    by: 'program',
    doc: 'GET requests for lazy.bytes, each byte fetched once, ranges merged as the fetcher of the model merges them.',
  },
  {
    name: 'lazy.round_trips',
    title: 'Dependent rounds of requests to start a program',
    unit: 'count',
    better: 'less',
    exact: true,
    of: 'transfer',
    by: 'program',
    doc: 'Generations of requests for lazy.bytes where all accesses are known beforehand, as to a client that has the recording.',
  },
] as const;
