import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measures } from '../measures/mod.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { methodsPath, withReference } from './measure-reference.ts';
import { summaryCsv } from './summary.ts';
import { makeTables } from './tables/mod.ts';
import { createView } from './view.ts';

test('METHODS.md has the measures of the table', () => {
  const methods = readFileSync(methodsPath, 'utf8');
  assert.is(withReference(methods), methods, 'run `npm run schemas`');
});

test('every measure appears in a report, and every one of packed images in summary.csv', () => {
  const info = sampleInfo([{ id: 'm', alias: 'catar' }]);
  const texts: Readonly<Record<string, string>> = {
    sha256: `sha256:${'a'.repeat(64)}`,
    name: 'update',
    version: 'never',
  };
  for (const { name, unit, of, by, clients } of measures.values()) {
    const model =
      of === 'image' || of === 'step' || (of === 'pair' && name.startsWith('image.')) ? '*' : 'm';
    const client = of === 'pair' ? 'image:two' : (clients?.at(-1) ?? '-');
    const more = {
      image: of === 'run' && by === undefined ? '*' : 'one',
      client: name === 'transfer.network_ms' ? 'none' : client,
      ...(by === 'link' ? { link: 'dsl-20ms' } : {}),
      ...(by === 'workers' ? { workers: 1, n: 3 } : {}),
      ...(by === 'layer' ? { layer: 1 } : {}),
    };
    const value = texts[unit] ?? (unit === 'share' ? 0.123 : 7);
    const view = createView(info, [sampleRecord(model, name, value, more)]);
    const tables = makeTables(view);
    const isShown = tables.some(({ note, rows }) =>
      [note, ...rows.flat().map(({ text }) => text)].some((text) =>
        /12\.3 %|(^|[^.\d])7(\.0+)?( |$|B)|update|a{12}|never|0\.00001/.test(text),
      ),
    );
    assert.ok(isShown, name);
    const isColumn =
      !['image', 'step', 'pair', 'run'].includes(of) && by !== 'link' && by !== 'program';
    assert.is(summaryCsv(view).split('\n')[0]!.includes(name), isColumn, name);
  }
});

test.run();
