import { BenchError, locate, PluginError, reasonOf, UsageError } from '../errors.ts';
import { type Member, nearest, resolve as resolveId } from '../ids.ts';
import { shortened } from '../listed.ts';
import { enterPlugin, type PluginFile, pluginsInUse, stemOf } from '../plugin-files.ts';
import { readPlugin } from './read.ts';
import { type FamilyName, shapes } from './shapes.ts';
import { type Tools, tools } from './tools.ts';

/** How each family takes members; those that are absent are passed over, as a thread does with charts. */
export type Registers = {
  readonly [Name in FamilyName]?: (members: readonly never[], file: PluginFile) => void;
};

/** Members by family, as a file gave them. */
type Given = Readonly<Partial<Record<FamilyName, readonly object[]>>>;

const HELP = 'see docs/plug-ins.md';

/**
 * Reads and registers plug-ins, in the order given.
 *
 * @param more what is handed to them beside {@link tools}
 * @throws UsageError, StorageError or PluginError that names the file, the member and what is wrong with it
 */
export async function loadPlugins(
  paths: readonly string[],
  registers: Registers,
  more: Partial<Tools> = {},
): Promise<void> {
  for (const path of paths) await loadPlugin(await readPlugin(path), registers, more);
}

/** As {@link loadPlugins}, of a file that was read; threads are handed those of the thread that starts them. */
export async function loadPlugin(
  file: PluginFile,
  registers: Registers,
  more: Partial<Tools> = {},
): Promise<void> {
  const other = pluginsInUse().find(({ name }) => stemOf(name) === stemOf(file.name));
  if (other) {
    const what = `the plug-in '${stemOf(file.name)}' is there twice`;
    throw new UsageError(what, { file: file.path }, 'give it once, or call it otherwise');
  }
  const given = await importPlugin(file, { ...tools, ...more });
  enterPlugin(file);
  for (const [family, members] of Object.entries(given)) {
    try {
      // Checked by its shape: the register of a family takes what has it.
      registers[family as FamilyName]?.(members as readonly never[], file);
    } catch (error) {
      throw locate(error, { file: file.path, field: family });
    }
  }
}

async function importPlugin(file: PluginFile, handed: Tools): Promise<Given> {
  let exported: unknown;
  try {
    const { default: own } = (await import(file.url)) as { default?: unknown };
    exported = typeof own === 'function' ? await own(handed) : own;
  } catch (cause) {
    if (cause instanceof BenchError) throw locate(cause, { file: file.path });
    throw importFault(file, cause);
  }
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) {
    throw fault(file, 'a plug-in has no default export of lists by family', 'default');
  }
  return checkedFamilies(file, exported);
}

function importFault(file: PluginFile, cause: unknown): PluginError {
  const reason = reasonOf(cause)
    .split('\n')[0]!
    .replaceAll(/"?data:[^\s"']*"?/g, 'the plug-in');
  const isImport = /module specifier|invalid URL|relative URL|not a dependency/i.test(reason);
  const remedy = isImport
    ? 'a plug-in is one file: it imports types, and values of node: alone'
    : HELP;
  return new PluginError(`a plug-in cannot be loaded: ${reason}`, { file: file.path }, remedy, {
    cause,
  });
}

function checkedFamilies(file: PluginFile, exported: object): Given {
  const known = Object.keys(shapes);
  const lists = Object.entries(exported);
  if (lists.length === 0) throw fault(file, 'a plug-in adds nothing', 'default');
  for (const [family, members] of lists) {
    if (!known.includes(family)) {
      const suggestion = nearest(family, known);
      const remedy = suggestion ? `did you mean '${suggestion}'?` : `known: ${known.join(', ')}`;
      throw fault(file, `a plug-in has no '${family}'`, family, remedy);
    }
    if (!Array.isArray(members)) throw fault(file, 'is no list', family);
  }
  return Object.fromEntries(
    lists.map(([family, members]) => [
      family,
      (members as readonly unknown[]).map((member, number) =>
        checkedMember(file, family as FamilyName, member, number),
      ),
    ]),
  );
}

function checkedMember(
  file: PluginFile,
  family: FamilyName,
  member: unknown,
  number: number,
): unknown {
  const { error } = shapes[family].safeParse(member);
  if (error) {
    const [issue] = error.issues;
    const field = [family, number, ...issue!.path].join('.');
    throw fault(file, issue!.message, field);
  }
  if (typeof member !== 'object' || !('parameters' in member!)) return member;
  const { name, digest } = file;
  const added = { ...member, plugin: { name, digest } } as unknown as Member;
  try {
    // Its defaults must make an id.
    resolveId('member', [added], added.name);
  } catch (error) {
    if (error instanceof BenchError) {
      throw fault(file, `its defaults do not fit: ${error.message}`, `${family}.${number}`);
    }
    throw fault(file, `its parameters fail: ${reasonOf(error)}`, `${family}.${number}`);
  }
  return added;
}

function fault(file: PluginFile, what: string, field: string, remedy = HELP): PluginError {
  return new PluginError(shortened(what), { file: file.path, field }, remedy);
}
