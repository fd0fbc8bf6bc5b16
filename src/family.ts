import { BenchError, locate, PluginError, reasonOf } from './errors.ts';
import type { PluginIdentity } from './plugin-files.ts';

/** The members of a family: those of its table, and those that plug-ins add, all by the same registration. */
export interface Family<M> {
  /** In the order of registration; grows as plug-ins are loaded. */
  readonly members: readonly M[];
  /** Throws a PluginError where a name is taken. */
  register(more: readonly M[]): void;
}

/** @param what a member is called in messages: `chunker` */
export function createFamily<M>(
  what: string,
  nameOf: (member: M) => string,
  own: readonly M[],
): Family<M> {
  const members: M[] = [];
  const register = (more: readonly M[]): void => {
    for (const member of more) {
      const name = nameOf(member);
      if (members.some((other) => nameOf(other) === name)) {
        throw new PluginError(`there is a ${what} '${name}' already`, {}, 'give it another name');
      }
      members.push(member);
    }
  };
  register(own);
  return { members, register };
}

/** For families whose members have a `name`. */
export function createNamedFamily<M extends { readonly name: string }>(
  what: string,
  own: readonly M[],
): Family<M> {
  return createFamily(what, ({ name }) => name, own);
}

/** A member of a plug-in, as `resolve` of src/ids.ts gives it. */
interface Added {
  readonly id: string;
  readonly member: { readonly plugin?: PluginIdentity };
}

/**
 * What a member of a plug-in makes, named as ids name it, and held to its contract when it is first used: then a breach costs
 * the cells that use it. Throws a PluginError where nothing is made.
 *
 * @param what it is: `codec`
 * @param hold throws a PluginError that names the broken rules
 */
export async function createAdded<T extends object>(
  what: string,
  { id, member }: Added,
  make: () => T | Promise<T>,
  hold: (made: T) => void,
): Promise<T> {
  try {
    return heldOnUse(Object.assign(await make(), { id }), hold, member);
  } catch (cause) {
    throw makesNone(what, id, member, cause);
  }
}

/** As {@link createAdded}, at once. */
export function createAddedNow<T extends object>(
  what: string,
  { id, member }: Added,
  make: () => T,
  hold: (made: T) => void,
): T {
  try {
    return heldOnUse(Object.assign(make(), { id }), hold, member);
  } catch (cause) {
    throw makesNone(what, id, member, cause);
  }
}

/** The work of a plug-in's member: its faults say which file it is from. */
export function ofPlugin<T>({ plugin }: Added['member'], work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw plugin && error instanceof PluginError ? locate(error, { file: plugin.name }) : error;
  }
}

function heldOnUse<T extends object>(made: T, hold: (made: T) => void, member: Added['member']): T {
  let isHeld = false;
  return new Proxy(made, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (!isHeld) ofPlugin(member, () => hold(target));
      isHeld = true;
      return (value as (...given: unknown[]) => unknown).bind(target);
    },
  });
}

function makesNone(what: string, id: string, { plugin }: Added['member'], cause: unknown): unknown {
  const where = plugin ? { file: plugin.name } : {};
  if (cause instanceof BenchError) return locate(cause, where);
  const text = `${what} '${id}' cannot be made: ${reasonOf(cause)}`;
  return new PluginError(text, where, 'fix the member', { cause });
}
