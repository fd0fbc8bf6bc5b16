import {
  type SingleUpgrade,
  type UpgradesOfImage,
  upgradesBetween,
} from '../../src/datasets/debian/single-upgrades.ts';
import { type Dataset, fetchImage } from '../../src/datasets/mod.ts';
import type { FetchContext } from '../../src/datasets/provider.ts';
import { plural } from '../../src/format.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import { listed } from '../../src/listed.ts';
import type { Progress } from '../../src/progress.ts';
import { type Finding, remark, SERIES } from '../verdict.ts';
import { type Asked, type Column, Columns, columnsOf, type Row } from './columns.ts';
import { findingOf } from './factors.ts';

/** Every upgrade of one source package that leads from one planned image to the next, alone on the image before. */

export interface Upgrades {
  readonly draws: number;
  readonly findings: readonly Finding[];
}

const KIND = 'upgrade';

export async function upgradesOf(
  dataset: Dataset,
  planned: readonly string[],
  asked: readonly Asked[],
  context: FetchContext,
  progress: Progress,
): Promise<Upgrades> {
  const states = upgradesBetween(dataset, planned);
  const count = states.reduce((sum, { upgrades }) => sum + upgrades.length, 0);
  if (count === 0) {
    const why =
      'no planned image of Debian packages is followed by one with upgrades of its release';
    return { draws: 0, findings: [remark(`${KIND}: ${why}.`)] };
  }
  progress.more(count);
  // There are few: every model has all of them.
  const columns = columnsOf(asked).map((one) => ({ ...one, draws: Number.POSITIVE_INFINITY }));
  const rows: Row[] = [];
  const names: string[] = [];
  for (const state of states) {
    for (const { upgrade, row } of await movedBy(state, rows.length, dataset, columns, context)) {
      progress.step(`${KIND} of ${upgrade.source}`);
      rows.push(row);
      names.push(`${upgrade.source} ${upgrade.from} → ${upgrade.to}`);
    }
  }
  const own = findingOf(KIND, `${plural(count, 'upgrade')} of one source package`, rows, SERIES);
  return { draws: count, findings: [own, remark(`Upgrades: ${listed(names)}.`)] };
}

async function movedBy(
  { image: id, upgrades, tree }: UpgradesOfImage,
  first: number,
  dataset: Dataset,
  all: readonly Column[],
  context: FetchContext,
): Promise<readonly { readonly upgrade: SingleUpgrade; readonly row: Row }[]> {
  const image = openImage(await fetchImage(dataset, id, context));
  try {
    const columns = await Columns.of(image, all);
    const moved: { readonly upgrade: SingleUpgrade; readonly row: Row }[] = [];
    for (const [number, upgrade] of upgrades.entries()) {
      const name = `${id}: ${upgrade.source} ${upgrade.to}`;
      const variant = { name, tree: await tree(upgrade, context) };
      moved.push({ upgrade, row: await columns.move(variant, first + number) });
    }
    return moved;
  } finally {
    closeImage(image);
  }
}
