import { BenchError, PluginError, reasonOf } from './errors.ts';

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

/**
 * What a member of a plug-in makes, named as ids name it.
 * @param what it is: `codec`
 * @throws PluginError where it makes none
 */
export async function createAdded<T extends object>(
  what: string,
  id: string,
  make: () => T | Promise<T>,
): Promise<T> {
  try {
    return Object.assign(await make(), { id });
  } catch (cause) {
    throw makesNone(what, id, cause);
  }
}

/** As {@link createAdded}, at once. */
export function createAddedNow<T extends object>(what: string, id: string, make: () => T): T {
  try {
    return Object.assign(make(), { id });
  } catch (cause) {
    throw makesNone(what, id, cause);
  }
}

function makesNone(what: string, id: string, cause: unknown): unknown {
  if (cause instanceof BenchError) return cause;
  const text = `${what} '${id}' cannot be made: ${reasonOf(cause)}`;
  return new PluginError(text, {}, 'mend the member', { cause });
}
