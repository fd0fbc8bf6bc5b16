import { chunkerMembers } from './chunkers/mod.ts';
import { codecMembers } from './codecs/mod.ts';
import { fetcherMembers } from './fetchers/mod.ts';
import type { Member } from './ids.ts';
import { measures as table, type Unit } from './measures/mod.ts';
import { packerMembers } from './packers/mod.ts';
import { serialiserMembers } from './serialisers/mod.ts';

/** The five choices that a model is made of. */
export type Axis = 'serialisers' | 'chunkers' | 'codecs' | 'packers' | 'fetchers';

/** What there is to choose from on each axis; plug-ins that are loaded add theirs. */
export const members: Readonly<Record<Axis, readonly Member[]>> = {
  serialisers: serialiserMembers,
  chunkers: chunkerMembers,
  codecs: codecMembers,
  packers: packerMembers,
  fetchers: fetcherMembers,
};

/** What a measure is. */
export interface MeasureFacts {
  /** As records have it: `stored.bytes`. */
  readonly name: string;
  /** In words. */
  readonly title: string;
  /** Of its values. */
  readonly unit: Unit;
  /** Which of two values is the better one. */
  readonly better: 'less' | 'more' | 'neither';
  /** True: the same bytes on any machine. False: timed, or derived from timed values. */
  readonly exact: boolean;
  /** One sentence: how a value comes about. */
  readonly doc: string;
}

/** Every measure by its name; plug-ins that are loaded add theirs. */
export const measures: ReadonlyMap<string, MeasureFacts> = table;
