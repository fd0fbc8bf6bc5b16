import { UsageError } from './errors.ts';
import { limits } from './limits.ts';
import { listed } from './listed.ts';
import { type PluginIdentity, stampOf } from './plugin-files.ts';

/**
 * Canonical ids: `name:parameter=value,…`, every parameter stated in the order of its declaration, but for silent ones. One string is the flag,
 * the record's field, the legend and the permalink; print ∘ parse = identity. A member of a plug-in has the start of the digest
 * of its file in it: `name@1a2b3c4d:parameter=value,…`, so that other code is another id; what is read may leave that out.
 */

export type ParameterValue = number | string;
/** Values of all parameters of a member, by name. */
export type Values = Readonly<Record<string, ParameterValue>>;

/** A parameter of a member, as ids state it. */
export interface Parameter {
  /** As ids have it. */
  readonly name: string;
  /** `bytes` reads and prints 64KiB; `integer` is plain decimal; `hex` prints 0x…, up to 64 bits, and reads decimal too; `word` is one of `words`. */
  readonly kind: 'bytes' | 'integer' | 'hex' | 'word';
  /** What it does. */
  readonly description: string;
  /** Used where the id leaves the parameter out; may depend on those that were given or declared earlier. */
  readonly default: ParameterValue | ((values: Values) => ParameterValue);
  /** Least value; none where absent. */
  readonly minimum?: number;
  /** Greatest value; none where absent. */
  readonly maximum?: number;
  /** All values of a `word`. */
  readonly words?: readonly string[];
  /** Stated only where it is not the default: it came when there were ids already, which must stay what they are. */
  readonly isSilent?: true;
}

/** A plug-in as its family's table lists it. */
export interface Member {
  /** As ids have it. */
  readonly name: string;
  /** In words. */
  readonly title: string;
  /** Paper, specification or program that defines it. */
  readonly source: string;
  /** In the order that ids state them. */
  readonly parameters: readonly Parameter[];
  /** Says what is wrong when legal values do not fit together, e.g. min > avg. */
  readonly check?: (values: Values) => string | undefined;
  /** Where it is from; absent for members of this tree. */
  readonly plugin?: PluginIdentity;
}

export interface Resolved<M extends Member> {
  readonly member: M;
  readonly values: Values;
  /** Canonical id. */
  readonly id: string;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
];

/** 65536 → `64KiB`, 65535 → `65535`: the largest binary unit that is exact. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of UNITS) {
    if (bytes !== 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}

/** `64KiB`, `64K`, `65536` → 65536; undefined where the text is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15})(?:([KMG])(?:iB)?)?$/.exec(text);
  if (!match) return undefined;
  const factor = match[2] === undefined ? 1 : UNITS.find(([unit]) => unit[0] === match[2])![1];
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The candidate with the fewest edits, where there are few enough to be a slip of the finger. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The member of a family with this name, or a UsageError that suggests the nearest. */
export function findMember<M extends { readonly name: string }>(
  family: string,
  members: readonly M[],
  name: string,
): M {
  const member = members.find((candidate) => candidate.name === name);
  if (member) return member;
  const names = members.map((candidate) => candidate.name);
  const suggestion = nearest(name, names);
  const known = `known: ${listed(names)}`;
  const meant = suggestion && `did you mean '${suggestion}'?`;
  const isFew = names.length <= limits.fewNames;
  const remedy = meant && isFew ? `${meant} ${known}` : (meant ?? known);
  throw new UsageError(`unknown ${family} '${name}'`, {}, remedy);
}

/** Reads an id of one family, fills in defaults, checks ranges. Throws a UsageError that names the id and the remedy. */
export function resolve<M extends Member>(
  family: string,
  members: readonly M[],
  text: string,
): Resolved<M> {
  const colon = text.indexOf(':');
  const [name = '', stamp] = (colon < 0 ? text : text.slice(0, colon)).split('@');
  const member = findVersion(family, members, name, stamp);
  const given = readAssignments(text, colon < 0 ? undefined : text.slice(colon + 1), member);
  const values: Record<string, ParameterValue> = Object.create(null);
  for (const [parameter, value] of given) {
    checkRange(text, parameter, value);
    values[parameter.name] = value;
  }
  for (const parameter of member.parameters) {
    if (values[parameter.name] !== undefined) continue;
    const standard = parameter.default;
    const value = typeof standard === 'function' ? standard(values) : standard;
    checkRange(text, parameter, value);
    values[parameter.name] = value;
  }
  const fault = member.check?.(values);
  if (fault !== undefined) {
    throw new UsageError(`illegal ${family} '${text}': ${fault}`, {}, describeParameters(member));
  }
  return { member, values, id: printId(member, values) };
}

/** The member, of the version that the id names, where it names one. */
function findVersion<M extends Member>(
  family: string,
  members: readonly M[],
  name: string,
  stamp: string | undefined,
): M {
  if (stamp === undefined) return findMember(family, members, name);
  const member = members.find((candidate) => candidate.name === name);
  if (member?.plugin && stampOf(member.plugin) === stamp) return member;
  const what = member?.plugin
    ? `'${name}@${stamp}' is of other code than ${member.plugin.name} (${member.plugin.digest})`
    : `${family} '${name}@${stamp}' is of a plug-in that is not loaded`;
  throw new UsageError(what, {}, `load the file whose sha256 begins with ${stamp} by --plugin`);
}

export function printId(member: Member, values: Values): string {
  const name = member.plugin ? `${member.name}@${stampOf(member.plugin)}` : member.name;
  const isStated = (one: Parameter): boolean => !one.isSilent || values[one.name] !== one.default;
  const stated = member.parameters.filter(isStated);
  if (stated.length === 0) return name;
  const parts = stated.map((one) => `${one.name}=${printValue(one, values[one.name]!)}`);
  return `${name}:${parts.join(',')}`;
}

function printValue(parameter: Parameter, value: ParameterValue): string {
  if (typeof value === 'string') return value;
  if (parameter.kind === 'bytes') return formatSize(value);
  return String(value);
}

function readAssignments(
  text: string,
  body: string | undefined,
  member: Member,
): Map<Parameter, ParameterValue> {
  const given = new Map<Parameter, ParameterValue>();
  if (body === undefined) return given;
  for (const part of body.split(',')) {
    const equals = part.indexOf('=');
    // `zstd:3` is short for the first parameter.
    const key = equals < 0 ? (member.parameters[0]?.name ?? '') : part.slice(0, equals);
    const raw = part.slice(equals + 1);
    const parameter = member.parameters.find((candidate) => candidate.name === key);
    if (!parameter) {
      const names = member.parameters.map((candidate) => candidate.name);
      const suggestion = nearest(key, names);
      throw new UsageError(
        `'${member.name}' has no parameter '${key}' (in '${text}')`,
        {},
        suggestion ? `did you mean '${suggestion}'?` : describeParameters(member),
      );
    }
    if (given.has(parameter)) {
      throw new UsageError(`parameter '${key}' is given twice in '${text}'`, {}, 'give it once');
    }
    given.set(parameter, readValue(text, parameter, raw));
  }
  return given;
}

function readValue(text: string, parameter: Parameter, raw: string): ParameterValue {
  let value: ParameterValue | undefined;
  if (parameter.kind === 'bytes') value = parseSize(raw);
  else if (parameter.kind === 'integer') value = /^-?\d{1,15}$/.test(raw) ? Number(raw) : undefined;
  else if (parameter.kind === 'hex')
    value = /^(0x[0-9a-fA-F]{1,16}|\d{1,19})$/.test(raw)
      ? `0x${BigInt(raw).toString(16)}`
      : undefined;
  else value = parameter.words?.includes(raw) ? raw : undefined;
  if (value !== undefined) return value;
  const wanted = {
    bytes: 'a size such as 64KiB',
    integer: 'a whole number',
    hex: 'hexadecimal such as 0x2fcee57a92de81',
    word: `one of ${listed(parameter.words ?? [])}`,
  }[parameter.kind];
  throw new UsageError(
    `illegal value '${raw}' of '${parameter.name}' in '${text}'`,
    {},
    `give ${wanted}`,
  );
}

function checkRange(text: string, parameter: Parameter, value: ParameterValue): void {
  if (typeof value === 'string') return;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = parameter;
  if (value >= minimum && value <= maximum) return;
  throw new UsageError(
    `'${parameter.name}' is ${printValue(parameter, value)} in '${text}'`,
    {},
    `give ${describeRange(parameter)}`,
  );
}

function describeRange(parameter: Parameter): string {
  const print = (value: number | undefined): string =>
    value === undefined ? '…' : printValue(parameter, value);
  return `${print(parameter.minimum)} to ${print(parameter.maximum)}`;
}

function describeParameters(member: Member): string {
  if (member.parameters.length === 0) return `'${member.name}' takes no parameters`;
  const parts = member.parameters.map(
    (parameter) => `${parameter.name} (${parameter.words?.join('|') ?? describeRange(parameter)})`,
  );
  return `parameters of '${member.name}': ${listed(parts)}`;
}
