import { accountPackages } from '../../src/access/mod.ts';
import { divide, type Maybe } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { type Claim, caseOf, type OpenCase } from './claim.ts';

export const filesAreAccounted: Claim = {
  id: 'C34',
  name: 'bill of materials',
  statement:
    'The package database accounts for an image: it names at least 95 % of its files, and of their bytes.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'The Road to OCIv2 Images: What’s Wrong with Tar?, Transparency',
      date: '2019-01-21',
    },
  ],
  datasets: ['debian-updates', 'alpine'],
  packed: ['oci-gzip'],
  compares: [],
  bar: differenceBar('at least', 0.95),
  axes: [],
  whyNone: 'at least three images with a database of dpkg or apk would decide',
  async cases(records) {
    const cases: OpenCase[] = [];
    for (const step of records.images) {
      const account = await records.kept('packages', [step], () =>
        records.withImage(step, ({ tree }) => totalsOf(accountPackages(tree))),
      );
      if (account.packages === 0) continue;
      const { files, bytes, accountedFiles, accountedBytes } = account;
      const shares: readonly (readonly [of: string, share: Maybe])[] = [
        ['files', divide(accountedFiles, files)],
        ['bytes', divide(accountedBytes, bytes)],
      ];
      // The claim is of both: the lesser one decides.
      const [[of, share] = ['files', undefined]] = shares.toSorted(([, a = 0], [, b = 0]) => a - b);
      cases.push(caseOf({ step, kind: 'image' }, { of }, share, filesAreAccounted.bar));
    }
    return cases;
  },
};

function totalsOf({
  packages,
  files,
  bytes,
  accountedFiles,
  accountedBytes,
}: ReturnType<typeof accountPackages>): {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
  readonly accountedFiles: number;
  readonly accountedBytes: number;
} {
  return { packages: packages.length, files, bytes, accountedFiles, accountedBytes };
}
