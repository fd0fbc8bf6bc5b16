import { claims } from '../../bench/claims/mod.ts';
import { experiments } from '../../bench/mod.ts';
import { chunkerMembers } from '../chunkers/mod.ts';
import { codecMembers } from '../codecs/mod.ts';
import { listDatasets } from '../datasets/mod.ts';
import { fetcherMembers } from '../fetchers/mod.ts';
import { findMember, type Member } from '../ids.ts';
import { links } from '../links/mod.ts';
import { measures } from '../measures/mod.ts';
import { externalMembers } from '../models/external/mod.ts';
import { presets } from '../models/mod.ts';
import { packerMembers } from '../packers/mod.ts';
import { serialiserMembers } from '../serialisers/mod.ts';
import { columns, type Details, EXIT } from './command.ts';
import { datasetLines } from './list-datasets.ts';
import { pluginOption } from './plugins.ts';

type Rows = readonly (readonly [string, string])[];

interface Listing {
  readonly name: string;
  rows(): Rows | Promise<Rows>;
  /** More of each, for whoever asks for this alone. */
  lines?(): Promise<readonly string[]>;
}

const memberRows = (members: readonly Member[]): Rows =>
  members.map((member) => [
    member.parameters.length === 0
      ? member.name
      : `${member.name}:${member.parameters.map(({ name }) => `${name}=`).join(',')}`,
    `${member.title} (${member.source})${member.plugin ? `; plug-in ${member.plugin.name}` : ''}`,
  ]);

/** Each with the newest source of its owner that its cuts were compared with. */
function chunkerRows(): Rows {
  const held = chunkerMembers.map(({ heldAgainst }) => heldAgainst ?? 'nothing yet');
  return memberRows(chunkerMembers).map(([id, title], number) => [
    id,
    `${title}; held against: ${held[number]}`,
  ]);
}

const listings: readonly Listing[] = [
  {
    name: 'datasets',
    rows: async () => (await listDatasets()).map(({ id, title }) => [id, title] as const),
    lines: datasetLines,
  },
  {
    name: 'models',
    rows: () => [
      ...presets.map(({ alias, chain, title }) => [alias, `${title}: ${chain}`] as const),
      ...memberRows(externalMembers),
    ],
  },
  { name: 'serialisers', rows: () => memberRows(serialiserMembers) },
  { name: 'chunkers', rows: chunkerRows },
  { name: 'codecs', rows: () => memberRows(codecMembers) },
  { name: 'packers', rows: () => memberRows(packerMembers) },
  { name: 'fetchers', rows: () => memberRows(fetcherMembers) },
  {
    name: 'experiments',
    rows: () =>
      experiments.map(({ name, title, timed }) => [
        name,
        timed?.takes === undefined ? title : `${title} (${timed.takes})`,
      ]),
  },
  {
    name: 'claims',
    rows: () => claims.map(({ id, name, statement }) => [id, `${name}: ${statement}`]),
  },
  { name: 'links', rows: () => links.map(({ name, title }) => [name, title]) },
  {
    name: 'measures',
    rows: () =>
      [...measures.values()].map(({ name, title, unit, exact }) => [
        name,
        `${title} (${unit}, ${exact ? 'exact' : 'timed'})`,
      ]),
  },
];

/** Lists by the names that `bench list` knows them by. */
export const listNames: readonly string[] = listings.map(({ name }) => name);

/** Names of a list's entries, without their parameters. */
export async function namesOf(list: string): Promise<readonly string[]> {
  const rows = await findMember('list', listings, list).rows();
  return rows.map(([id]) => id.split(':')[0]!);
}

export const listCommand: Details = {
  usage: `[${listNames.join('|')}]`,
  options: [pluginOption],
  examples: [
    [
      'list datasets',
      'what each is, whether it is pinned, why it was chosen, its size and citation',
    ],
    ['list chunkers', 'chunkers with their parameters and sources'],
  ],
  async run(words, io) {
    const wanted = words.positionals.map((name) => findMember('list', listings, name));
    const shown = wanted.length > 0 ? wanted : listings;
    for (const listing of shown) {
      if (shown.length > 1) io.out(`${listing.name}\n`);
      const isAlone = shown.length === 1 && listing.lines !== undefined;
      const lines = isAlone ? await listing.lines!() : columns(await listing.rows());
      io.out(`${lines.join('\n')}\n`);
    }
    return EXIT['fine']!;
  },
};
