import type { Claim, ClaimRecords, Step } from './claim.ts';
import { stepsOf } from './claim.ts';

/** What the claims about small changes share: datasets of declared edits. */

/** Ids of images of dataset `edits`; those that end in `-layer` leave the other layers as they are. */
export function editsNamed(records: ClaimRecords, name: RegExp): readonly Step[] {
  return stepsOf(records, ['edit']).filter(({ step }) => name.test(step));
}

export const EDITS: readonly string[] = ['edits'];
/** As they are delivered, squashed, by files, by chunks with the metadata inside and apart. */
export const EDITED: readonly string[] = ['oci-gzip', 'tar-zstd', 'per-file', 'catar', 'puzzlefs'];

export const SARAI: Claim['said'] = [
  {
    who: 'Aleksa Sarai',
    where: 'Container Images Considered Harmful, linux.conf.au',
    date: '2020-01',
  },
];
