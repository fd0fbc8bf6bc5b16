import type { Peer } from './peer.ts';

/** Programs of owners that are not held against ours, each with what was tried. */
const REASONS: readonly (readonly [
  name: string,
  title: string,
  version: string,
  follows: readonly string[],
  reason: string,
])[] = [
  [
    'borg-2',
    'borg 2',
    '2.0.0b25',
    ['borg'],
    'no wheel for Linux; from source it needs headers of libacl, lz4 and OpenSSL, and is a beta',
  ],
  [
    'skopeo',
    'skopeo',
    'later than 1.9',
    ['zstd-chunked', 'oci-gzip'],
    'its Go module is not served; containers/storage, which it writes layers by, is compared',
  ],
  [
    'composefs-rs',
    'composefs-oci',
    '0.9.4',
    ['composefs-chunked'],
    'the drafts that the preset follows are in no release: it reads zstd:chunked layers and writes none of these',
  ],
];

export const unavailable: readonly Peer[] = REASONS.map(
  ([name, title, version, follows, reason]) => ({
    name,
    title,
    follows,
    version: () => version,
    build() {
      throw new Error(reason);
    },
    compare: async () => [],
  }),
);
