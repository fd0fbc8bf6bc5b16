import { createHash } from 'node:crypto';
import { UsageError } from '../errors.ts';
import { METHOD } from '../method.ts';
import type { PluginIdentity } from '../plugin-files.ts';
import type { RunInfo, RunLink, RunModel } from './run.ts';

/** What makes two runs the same: only then may one directory hold both. */
export interface RunIdentity {
  /** Name of the experiment; absent where formats are compared. */
  readonly experiment?: string;
  readonly dataset: RunInfo['dataset'];
  /** Ids of the images asked for, in series order. */
  readonly planned: readonly string[];
  readonly models: readonly RunModel[];
  readonly links: readonly RunLink[];
  /** Absent where none is loaded. */
  readonly plugins?: readonly PluginIdentity[];
}

/** What two runs differ in, one phrase each; empty where they are the same. The method is checked when a run is read. */
export function differences(
  known: RunIdentity,
  wanted: Omit<AskedRun, 'directory' | 'extend'>,
): readonly string[] {
  const phrases: string[] = [];
  if (known.experiment !== wanted.experiment) {
    phrases.push(`it holds ${nameOf(known.experiment)}, not ${nameOf(wanted.experiment)}`);
  }
  if (known.dataset.digest !== wanted.dataset.digest || known.dataset.id !== wanted.dataset.id) {
    phrases.push(`it is of ${printed(known.dataset)}, not ${printed(wanted.dataset)}`);
  }
  const lists = [
    ['image', known.planned, wanted.planned],
    ['model', idsOf(known.models), idsOf(wanted.models ?? known.models)],
    ['link', idsOf(known.links), idsOf(wanted.links ?? known.links)],
    ['plug-in', versionsOf(known), versionsOf(wanted)],
  ] as const;
  for (const [what, there, asked] of lists) {
    const more = asked.filter((id) => !there.includes(id));
    const fewer = there.filter((id) => !asked.includes(id));
    if (more.length > 0) phrases.push(`it lacks ${counted(what, more)}`);
    if (fewer.length > 0) phrases.push(`it has ${counted(what, fewer)} that this one lacks`);
  }
  for (const { id, revision = 1 } of wanted.models ?? []) {
    const before = known.models.find((model) => model.id === id);
    if (!before || (before.revision ?? 1) === revision) continue;
    phrases.push(`${id} was measured when its chunker cut otherwise (CHANGELOG, methodology)`);
  }
  return phrases;
}

/** What is asked of a run directory. */
export interface AskedRun extends Omit<RunIdentity, 'models' | 'links'> {
  /** Absent where the experiment finds out. */
  readonly models?: readonly RunModel[];
  readonly links?: readonly RunLink[];
  readonly directory: string;
  /** Images, models and links may be more than the directory holds so far. */
  readonly extend: boolean;
}

/** Throws a UsageError that says what a run differs in from what is asked for, and what helps. */
export function checkSame(known: RunIdentity, asked: AskedRun): void {
  const [first, ...others] = unlike(known, asked);
  if (first === undefined) return;
  const more = others.length > 0 ? `; ${others.join('; ')}` : '';
  const { models } = asked;
  const kept = known.models.filter(({ id }) => !models?.some((model) => model.id === id));
  const added = { ...asked, extend: true, ...(models && { models: [...models, ...kept] }) };
  const isAddition = !asked.extend && unlike(known, added).length === 0;
  const extend = isAddition ? ' --extend to add models, images and links to it,' : '';
  throw new UsageError(
    `${asked.directory} holds another run: ${first}${more}`,
    {},
    `give another --out,${extend} or --fresh to replace it`,
  );
}

function unlike(known: RunIdentity, asked: AskedRun): readonly string[] {
  if (!asked.extend) return differences(known, asked);
  const { planned, links } = known;
  const models = asked.models?.filter(({ id }) => known.models.some((model) => model.id === id));
  // What is added may be of plug-ins that the run had not; those that it had are needed again.
  const plugins = [...(known.plugins ?? []), ...(asked.plugins ?? [])];
  return differences(
    { ...known, plugins },
    { ...asked, planned, links, ...(models && { models }) },
  );
}

/** Short, and the same for the same run: part of the name of its directory. */
export function identityDigest({
  experiment,
  dataset,
  planned,
  models = [],
  links = [],
  plugins = [],
}: Parameters<typeof differences>[1]): string {
  const revisions = models.map(({ id, revision = 1 }) => [id, revision]);
  const parts = [METHOD, experiment ?? '', dataset.digest, planned, revisions, idsOf(links)];
  if (plugins.length > 0) parts.push(versionsOf({ plugins }));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

/** Those of a list that are there already, then the others. */
export function joined(there: readonly string[], asked: readonly string[]): readonly string[] {
  return [...new Set([...there, ...asked])];
}

function idsOf(list: readonly { readonly id: string }[]): readonly string[] {
  return list.map(({ id }) => id);
}

function versionsOf({ plugins = [] }: Pick<RunIdentity, 'plugins'>): readonly string[] {
  return plugins.map(({ name, digest }) => `${name}@${digest}`).sort();
}

function nameOf(experiment: string | undefined): string {
  return experiment === undefined ? 'a comparison of models' : `the experiment ${experiment}`;
}

function printed({ id, digest }: RunIdentity['dataset']): string {
  return `dataset ${id}@${digest.slice(0, 19)}…`;
}

function counted(what: string, ids: readonly string[]): string {
  return ids.length === 1 ? `the ${what} ${ids[0]}` : `${ids.length} ${what}s (${ids[0]}, …)`;
}
