import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { externalMembers } from '../src/models/external/mod.ts';
import { presets, resolveModels } from '../src/models/mod.ts';
import { methodsPath } from '../src/report/measure-reference.ts';
import { experiments } from './mod.ts';

const methods = readFileSync(methodsPath, 'utf8');

/** Names in the first column of the tables of a section, in order. */
function namesIn(section: string): readonly string[] {
  const text = methods.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]*)`/g)].map(([, name]) => name!));
}

test('METHODS.md says of every experiment when its claim is met, and of no other', () => {
  assert.equal(namesIn('Experiments').toSorted(), experiments.map(({ name }) => name).toSorted());
});

test('METHODS.md says what every preset and external model stands for', () => {
  const own = [...presets.map(({ alias }) => alias), ...externalMembers.map(({ name }) => name)];
  const listed = namesIn('Models');
  assert.equal(
    own.filter((name) => !listed.includes(name)),
    [],
  );
});

test('METHODS.md has the chain of every preset', () => {
  for (const { alias, chain } of presets) {
    const row = methods.split('\n').find((line) => line.startsWith(`| \`${alias}\` |`));
    const told = /^\| `[^`]*` \| `([^`]*)`/.exec(row ?? '')?.[1]?.replaceAll('\\|', '|');
    assert.ok(told, alias);
    assert.equal(resolveModels([told]), resolveModels([chain]), alias);
  }
});

test.run();
