import { formatBytes, formatNumber, formatShare, listWords, plural } from '../format.ts';
import type { AttributedBytes } from './account.ts';
import type { Explanation } from './explanation.ts';
import { CAUSES, type Cause } from './known.ts';

/** Rows of a table of paths, and of the shorter tables above it. */
const TOP_PATHS = 20;
const TOP = 10;

/** What an explanation says, for a reader: sums, causes, and the packages and paths with most bytes. */
export function explanationText(explanation: Explanation): string {
  const { image, model, alias, client, holds, transferred, stored } = explanation;
  const held = holds.length === 0 ? 'nothing' : listWords(holds);
  const name = alias === undefined ? model : `${alias} (${model})`;
  return [
    `${image} of ${explanation.dataset} by ${name}`,
    '',
    `A client that holds ${held} (${client}) transfers ${exactBytes(transferred.bytes)}.`,
    ...tables(transferred.parts),
    '',
    `A registry that keeps ${listWords(explanation.keeps)} stores ${exactBytes(stored.bytes)}.`,
    ...tables(stored.parts),
    '',
    ...legend([...transferred.parts, ...stored.parts]),
    '',
  ].join('\n');
}

function exactBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${formatBytes(bytes)} (${formatNumber(bytes)} bytes)`;
}

function tables(parts: readonly AttributedBytes[]): readonly string[] {
  const layers = groupedBy(parts, 'layer');
  const isOfSeveral = layers.filter(({ name }) => name !== NO_PATH).length > 1;
  const packages = parts.some((part) => part.package !== undefined);
  const by = (name: By, most: number): readonly string[] =>
    table(name, groupedBy(parts, name), most);
  return [
    ...by('cause', CAUSES.length),
    ...(isOfSeveral ? by('layer', TOP) : []),
    ...(packages ? by('source package', TOP) : []),
    ...(packages ? by('package', TOP) : []),
    ...by('path', TOP_PATHS),
  ];
}

const NO_PATH = '(of no path)';

function packageOf({ path, package: name = '(of no package)' }: AttributedBytes): string {
  return path === undefined ? NO_PATH : name;
}

function sourcePackageOf(part: AttributedBytes): string {
  return part.path === undefined ? NO_PATH : (part.sourcePackage ?? packageOf(part));
}

function layerOf({ path, layer }: AttributedBytes): string {
  if (path === undefined) return NO_PATH;
  return layer === undefined ? '(of no layer)' : `layer ${layer}`;
}

function pathOf({ path, part }: AttributedBytes): string {
  return path === undefined ? `(${part})` : `/${path}`;
}

export interface Group {
  readonly name: string;
  bytes: number;
  uncompressedBytes: number;
  readonly causes: Map<Cause, number>;
}

type By = 'cause' | 'layer' | 'source package' | 'package' | 'path';

const NAMES: Readonly<Record<By, (part: AttributedBytes) => string>> = {
  cause: ({ cause }) => cause,
  layer: layerOf,
  'source package': sourcePackageOf,
  package: packageOf,
  path: pathOf,
};

/** Bytes by what they have in common, most first. */
export function groupedBy(parts: readonly AttributedBytes[], by: By): readonly Group[] {
  return grouped(parts, NAMES[by]);
}

/** Most bytes first. */
function grouped(
  parts: readonly AttributedBytes[],
  nameOf: (part: AttributedBytes) => string,
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const part of parts) {
    const name = nameOf(part);
    const group = groups.get(name) ?? { name, bytes: 0, uncompressedBytes: 0, causes: new Map() };
    group.bytes += part.bytes;
    group.uncompressedBytes += part.uncompressedBytes;
    group.causes.set(part.cause, (group.causes.get(part.cause) ?? 0) + part.bytes);
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

function table(title: string, groups: readonly Group[], most: number): readonly string[] {
  const isOfCauses = title === 'cause';
  const all = total(groups, 'bytes');
  const rows = groups
    .slice(0, most)
    .map((group) => rowOf(group.name, group, all, isOfCauses ? '' : mainCause(group)));
  const rest = groups.slice(most);
  if (rest.length > 0) {
    const bytes = total(rest, 'bytes');
    const uncompressedBytes = total(rest, 'uncompressedBytes');
    rows.push(rowOf(plural(rest.length, 'other'), { bytes, uncompressedBytes }, all, ''));
  }
  const head = ['bytes', 'share', 'uncompressed', ...(isOfCauses ? [''] : ['mostly']), title];
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((row) => row[column]!.length)));
  return [
    '',
    ...lines.map((row) => {
      const numbers = row.slice(0, 3).map((text, column) => text.padStart(widths[column]!));
      const cause = isOfCauses ? [] : [row[3]!.padEnd(widths[3]!)];
      return `  ${[...numbers, ...cause, row[4]!].join('  ')}`;
    }),
  ];
}

function rowOf(
  name: string,
  { bytes, uncompressedBytes }: Pick<Group, 'bytes' | 'uncompressedBytes'>,
  all: number,
  cause: string,
): readonly string[] {
  const share = formatShare(all > 0 ? bytes / all : 0);
  // A name of two lines would be two rows.
  const line = name.replaceAll('\n', '\\u{a}');
  return [formatNumber(bytes), share, formatNumber(uncompressedBytes), cause, line];
}

/** Of the most bytes. */
function mainCause({ causes }: Group): string {
  const [most] = [...causes].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? '';
}

function total(groups: readonly Group[], key: 'bytes' | 'uncompressedBytes'): number {
  return groups.reduce((sum, group) => sum + group[key], 0);
}

const MEANINGS: Readonly<Record<Cause, string>> = {
  'new file': 'content of a file that was not there before',
  'changed content':
    'all content of a file that was there with other content, unchanged parts included',
  metadata: 'names, modes, times, links: of what is new or changed',
  neighbour: 'there before, and carried along by the chunk, frame, root or layer that it lies in',
  'index or manifest': 'says where the rest lies',
  'range gap': 'lies between two ranges that are fetched as one',
};

function legend(parts: readonly AttributedBytes[]): readonly string[] {
  const used = CAUSES.filter((cause) => parts.some((part) => part.cause === cause));
  return used.map((cause) => `${cause}: ${MEANINGS[cause]}.`);
}
