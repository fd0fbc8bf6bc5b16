import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../src/errors.ts';
import { makeDirectories } from '../../src/make-directories.ts';
import { writeWhole } from '../../src/write-whole.ts';
import { openInputs } from './inputs.ts';
import { peers } from './mod.ts';
import type { Peer } from './peer.ts';
import { type Outcome, writeTable } from './table.ts';

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder');
const unknown = names.filter((name) => !peers.some((peer) => peer.name === name));
if (unknown.length > 0) throw new Error(`no such peer: ${unknown.join(', ')}`);
const results = join(folder, 'results');
for (const place of ['bin', 'results', 'work']) makeDirectories(join(folder, place));
const inputs = await openInputs(folder);
for (const peer of peers) {
  if (names.length > 0 && !names.includes(peer.name)) continue;
  console.log(peer.title);
  const outcome = await outcomeOf(folder, peer);
  writeWhole(resultOf(peer), JSON.stringify(outcome, undefined, 1));
  if (outcome.failure !== undefined) console.log(`  ${outcome.failure}`);
}
const outcomes = peers
  .map(resultOf)
  .filter((path) => existsSync(path))
  .map(readOutcome);
const table = writeTable(
  outcomes,
  inputs.map(({ name }) => name),
);
writeWhole(join(folder, 'table.md'), table);
console.log(table);

function resultOf({ name }: Peer): string {
  return join(results, `${name}.json`);
}

function readOutcome(path: string): Outcome {
  return JSON.parse(readFileSync(path, 'utf8')) as Outcome;
}

/** A peer that fails costs its own rows. */
async function outcomeOf(place: string, peer: Peer): Promise<Outcome> {
  const { name, title, follows } = peer;
  let version = '';
  const rows: Outcome['rows'][number][] = [];
  try {
    for (const input of inputs) {
      const work = mkdtempSync(join(place, 'work', `${name}-`));
      try {
        version = peer.version();
        peer.build({ folder: place, work });
        const compared = await peer.compare({ folder: place, work }, input);
        rows.push(...compared.map((row) => ({ input: input.name, ...row })));
      } finally {
        rmSync(work, { recursive: true });
      }
    }
    return { name, title, version, follows, rows };
  } catch (error) {
    return { name, title, version, follows, rows, failure: reasonOf(error) };
  }
}
