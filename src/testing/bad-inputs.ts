/**
 * What the harness must survive, group by group, and where a test shows it. Names of tests begin with the numbers of the
 * groups they belong to.
 *
 * Outcomes: T, a typed error that costs one cell and no more · M, accepted with the meaning that its specification gives ·
 * W, accepted with a warning.
 */
export type Outcome = 'T' | 'M' | 'W';

export interface BadInput {
  readonly number: number;
  readonly input: string;
  readonly outcomes: readonly Outcome[];
  /** Below src/. */
  readonly test: string;
}

type Row = readonly [outcomes: string, test: string, input: string];

/** Group 1 first. */
const rows: readonly Row[] = [
  // Structure of tar
  ['M', 'trees/tar', 'no layer bytes, only zero blocks, one zero block'],
  ['T', 'trees/tar', 'a wrong header checksum'],
  ['T', 'trees/hostile', 'an archive cut in header, body or padding'],
  ['W', 'trees/tar', 'no end of the archive'],
  ['W', 'trees/structure', 'garbage or a second archive after the end'],
  ['T', 'trees/tar', 'sizes that are negative, huge, or no octal number'],
  ['T', 'trees/tar', 'a negative size in PAX'],
  ['M', 'trees/tar', 'a PAX path of digits'],
  ['MT', 'trees/tar', 'NUL in a PAX value'],
  ['T', 'trees/tar', 'malformed PAX records'],
  ['T', 'trees/structure', 'PAX headers that are huge or endless'],
  ['M', 'trees/structure', 'a PAX size before a GNU long name'],
  ['MT', 'trees/hostile', 'global and empty PAX headers'],
  ['MT', 'trees/structure', 'GNU long names that are huge, do not end, or describe nothing'],
  ['MT', 'trees/hostile', 'sparse files of every form, with maps that lie'],
  ['MT', 'trees/tar', 'types that are unknown, contiguous, or of several volumes'],
  ['MTW', 'trees/structure', 'empty paths, the root, slashes at the end'],
  ['W', 'trees/hostile', 'directories, links and devices that state a size'],
  ['T', 'trees/structure', 'millions of entries'],
  ['T', 'trees/structure', 'paths that are too deep or too long'],
  // Names and links
  ['MT', 'trees/layers', 'paths that are absolute or lead out of the root'],
  ['M', 'trees/names', 'names that mean something to Windows'],
  ['M', 'trees/names', 'names that some file systems fold'],
  ['M', 'trees/names', 'names that mean something to terminals, pages, tables'],
  ['M', 'trees/names', 'names that every object has'],
  ['M', 'trees/names', 'symlinks that loop, dangle, or lead out'],
  ['MT', 'trees/hostile', 'hardlinks to what is not, or not yet, there'],
  ['W', 'trees/layers', 'one path with several entries'],
  ['MT', 'trees/layers', 'files below files and below symlinks'],
  ['T', 'trees/layers', 'a root that is no directory'],
  // Whiteouts and metadata
  ['T', 'trees/layers', 'whiteouts that name nothing'],
  ['M', 'trees/layers', 'opaque whiteouts among what they hide'],
  ['M', 'trees/layers', 'whiteouts of what is not there, or is there again'],
  ['W', 'trees/layers', 'whiteouts that are no empty files'],
  ['M', 'trees/names', 'devices, pipes, whiteouts of overlayfs'],
  ['MT', 'trees/hostile', 'modes and owners at and beyond their ends'],
  ['MT', 'trees/names', 'times at and beyond their ends'],
  ['M', 'trees/names', 'binary and long attributes'],
  // Compression
  ['T', 'codecs/bombs', 'gzip that is cut, damaged, or has reserved flags'],
  ['M', 'codecs/read', 'several members, empty ones, padding'],
  ['T', 'codecs/read', 'compressed data that garbage follows'],
  ['T', 'codecs/bombs', 'bombs'],
  ['MT', 'codecs/bombs', 'zstd frames of every form, and those that lie'],
  ['TW', 'datasets/oci-layout', 'another compression than the media type says'],
  ['T', 'datasets/registry.slow', 'a layer that is not what the configuration promises'],
  // Manifests, configurations, indexes
  ['T', 'images/documents', 'what is no JSON, or two things'],
  ['T', 'datasets/oci-layout', 'media types that are missing or contradict'],
  ['T', 'images/documents', 'sizes that are none, or not those of the content'],
  ['T', 'images/documents', 'digests that are none'],
  ['MT', 'images/documents', 'indexes that nest, repeat, or name no platform'],
  ['MT', 'images/documents', 'no layers, one twice, more or fewer than diff ids'],
  ['T', 'images/documents', 'configurations that are missing or too large, foreign layers'],
  ['T', 'images/documents', 'embedded data that is not the blob'],
  ['T', 'images/documents', 'schema 1 and artefacts'],
  ['MT', 'datasets/docker-archive', 'saved archives with links and names that lead nowhere'],
  // Registry and network
  ['MT', 'images/download', 'bodies that are cut, short or long'],
  ['MT', 'images/download', 'ranges that are ignored or wrong'],
  ['MT', 'images/download', 'wrong bytes, and right ones from another host'],
  ['T', 'datasets/registry-login.slow', 'refusals, busy servers, logins that end'],
  ['T', 'images/registry/addresses', 'redirects in circles, inside, to other schemes'],
  ['T', 'images/download-waits', 'servers that hold on'],
  ['T', 'datasets/registry.slow', 'tags that move, digests that are gone'],
  ['T', 'images/download', 'login pages in place of blobs'],
  // Cache, results, process
  ['T', 'disk', 'full disks'],
  ['M', 'images/upkeep', 'processes that were killed'],
  ['MT', 'images/upkeep', 'cached blobs that decay'],
  ['M', 'datasets/concurrent.slow', 'several runs on one cache'],
  ['TW', 'results/read', 'result files that are cut, foreign, or say things twice'],
  ['M', 'measures/throughput', 'clocks and machines that stop'],
  ['T', 'datasets/manifest', 'manifests of datasets that are wrong anywhere'],
  ['T', 'cli.slow', 'ids and words that are wrong'],
  ['M', 'extremes.slow', 'more than there usually is, and nothing at all'],
  // Plug-ins that misbehave
  ['T', 'chunkers/contract', 'chunkers'],
  ['T', 'models/cell', 'stores and packers'],
  ['T', 'results/log', 'measures'],
  ['T', 'chunkers/work', 'work that grows faster than its input'],
  ['M', 'extremes.slow', 'images that are all the same, share nothing, or are empty'],
  ['M', 'report/write', 'reports of nothing, of one value, of very many'],
];

export const badInputs: readonly BadInput[] = rows.map(([outcomes, test, input], index) => ({
  number: index + 1,
  input,
  outcomes: [...outcomes] as Outcome[],
  test,
}));
