import { accountPackages } from '../../src/access/mod.ts';
import { divide } from '../../src/stats/mod.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { named } from './axes.ts';
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
  bar: differenceBar('at least', 0.95),
  axes: [named('of', 'what is counted')],
  whyNone: 'at least three images with a database of dpkg or apk would decide',
  async cases(records) {
    const cases: OpenCase[] = [];
    for (const step of records.images) {
      const account = await records.kept('packages', [step], () =>
        records.withImage(step, ({ tree }) => totalsOf(accountPackages(tree))),
      );
      if (account.packages === 0) continue;
      const { files, bytes, accountedFiles, accountedBytes } = account;
      const one = { step, kind: 'image' } as const;
      cases.push(
        caseOf(one, { of: 'files' }, divide(accountedFiles, files), filesAreAccounted.bar),
        caseOf(one, { of: 'bytes' }, divide(accountedBytes, bytes), filesAreAccounted.bar),
      );
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
