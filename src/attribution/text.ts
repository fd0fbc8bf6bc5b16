import { formatBytes, formatNumber, formatShare, listWords, plural } from '../format.ts';
import type { AttributedBytes } from './account.ts';
import type { Explanation } from './explanation.ts';
import { CAUSES } from './known.ts';

/** Rows of a table of packages or paths. */
const TOP = 20;

/** What an explanation says, for a reader: sums, causes, and the packages and paths with most bytes. */
export function explanationText(explanation: Explanation): string {
  const { image, model, alias, client, holds, transferred, stored } = explanation;
  const held = holds.length === 0 ? 'nothing' : listWords(holds);
  const name = alias === undefined ? model : `${alias} (${model})`;
  const registry = Object.keys(explanation.layers).slice(
    0,
    1 + Object.keys(explanation.layers).indexOf(image),
  );
  return [
    `${image} of ${explanation.dataset} by ${name}`,
    '',
    `A client that holds ${held} (${client}) transfers ${exactBytes(transferred.bytes)}.`,
    ...tables(transferred.parts),
    '',
    `A registry that keeps ${listWords(registry)} stores ${exactBytes(stored.bytes)}.`,
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
  const packages = grouped(parts, packageOf);
  const layers = grouped(parts, layerOf);
  return [
    ...table(
      'cause',
      grouped(parts, ({ cause }) => cause),
      CAUSES.length,
    ),
    ...(layers.length > 2 ? table('layer', layers, TOP) : []),
    ...(packages.some(({ name }) => !NAMELESS.has(name)) ? table('package', packages, TOP) : []),
    ...table('path', grouped(parts, pathOf), TOP),
  ];
}

const NO_PACKAGE = '(of no package)';
const NO_PATH = '(of no path)';
const NAMELESS: ReadonlySet<string> = new Set([NO_PACKAGE, NO_PATH]);

function packageOf({ path, package: name, sourcePackage }: AttributedBytes): string {
  if (path === undefined) return NO_PATH;
  if (name === undefined) return NO_PACKAGE;
  const isOwn = sourcePackage === undefined || name.split(':')[0] === sourcePackage;
  return isOwn ? name : `${name}, built from ${sourcePackage}`;
}

function layerOf({ path, layer }: AttributedBytes): string {
  if (path === undefined) return NO_PATH;
  return layer === undefined ? '(of no layer)' : `layer ${layer}`;
}

function pathOf({ path, part }: AttributedBytes): string {
  return path === undefined ? `(${part})` : `/${path}`;
}

interface Group {
  readonly name: string;
  bytes: number;
  uncompressedBytes: number;
  readonly causes: Set<string>;
}

/** Most bytes first. */
function grouped(
  parts: readonly AttributedBytes[],
  nameOf: (part: AttributedBytes) => string,
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const part of parts) {
    const name = nameOf(part);
    const group = groups.get(name) ?? { name, bytes: 0, uncompressedBytes: 0, causes: new Set() };
    group.bytes += part.bytes;
    group.uncompressedBytes += part.uncompressedBytes;
    group.causes.add(part.cause);
    groups.set(name, group);
  }
  return [...groups.values()].sort(
    (a, b) =>
      b.bytes - a.bytes || b.uncompressedBytes - a.uncompressedBytes || (a.name < b.name ? -1 : 1),
  );
}

function table(title: string, groups: readonly Group[], most: number): readonly string[] {
  const all = groups.reduce((sum, { bytes }) => sum + bytes, 0);
  const shown = groups.slice(0, most);
  const rest = groups.slice(most);
  const rows = shown.map((group) => rowOf(group.name, group, all, title === 'path'));
  if (rest.length > 0) {
    const sum = {
      bytes: total(rest, 'bytes'),
      uncompressedBytes: total(rest, 'uncompressedBytes'),
    };
    rows.push(rowOf(`${plural(rest.length, 'other')}`, { ...sum, causes: new Set() }, all, false));
  }
  const head = ['bytes', 'share', 'uncompressed', title];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    `  ${row.map((text, column) => (column < 3 ? text.padStart(widths[column]!) : text)).join('  ')}`;
  return ['', ...[head, ...rows].map(line)];
}

function rowOf(
  name: string,
  { bytes, uncompressedBytes, causes }: Omit<Group, 'name'>,
  all: number,
  hasCauses: boolean,
): readonly string[] {
  const why = hasCauses ? `  [${CAUSES.filter((cause) => causes.has(cause)).join(', ')}]` : '';
  return [
    formatNumber(bytes),
    formatShare(all > 0 ? bytes / all : 0),
    formatNumber(uncompressedBytes),
    `${name}${why}`,
  ];
}

function total(groups: readonly Group[], key: 'bytes' | 'uncompressedBytes'): number {
  return groups.reduce((sum, group) => sum + group[key], 0);
}

const MEANINGS: Readonly<Record<(typeof CAUSES)[number], string>> = {
  'new file': 'content of a file that was not there before',
  'changed content': 'content of a file that was there with other content',
  metadata: 'names, modes, times, links: of what is new or changed',
  neighbour: 'there before, and carried along by the chunk, frame or layer that it lies in',
  'index or manifest': 'says where the rest lies',
  'range gap': 'lies between two ranges that are fetched as one',
};

function legend(parts: readonly AttributedBytes[]): readonly string[] {
  const used = CAUSES.filter((cause) => parts.some((part) => part.cause === cause));
  return used.map((cause) => `${cause}: ${MEANINGS[cause]}.`);
}
