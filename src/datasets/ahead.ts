import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileCompression } from '../images/files.ts';
import { type ReadAhead, readAhead } from '../images/open.ts';
import type { Executor } from '../objects/executor.ts';
import { settledState } from '../streams/file-state.ts';
import { kindOfPath } from './kind.ts';
import { parsePlace, splitName } from './place.ts';
import { digestElsewhere } from './rootfs.ts';

/** Shorter tars are read before a thread has started: bytes. */
const LEAST = 16 << 20;

/**
 * Reads the headers of a tar that a word names while a thread computes its digest. undefined for all else, and where something
 * is wrong: who opens the dataset is told.
 */
export async function openAhead(word: string, executor: Executor): Promise<ReadAhead | undefined> {
  if (executor.workers < 2) return undefined;
  try {
    const { path, reference, kind } = parsePlace(word) ?? splitName(word);
    if ((reference ?? kind) !== undefined) return undefined;
    const place = resolve(path);
    const facts = statSync(place);
    if (!facts.isFile() || facts.size < LEAST || fileCompression(place) !== 'none')
      return undefined;
    if ((await kindOfPath(place)) !== 'rootfs') return undefined;
    const state = await settledState(place);
    digestElsewhere(place, state, executor.digestFile(place));
    return readAhead(place, state);
  } catch {
    return undefined;
  }
}
