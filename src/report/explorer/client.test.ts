import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatValue } from '../../format.ts';
import { projectDirectory } from '../../project.ts';
import { type DrawnTable, drawnTable } from '../html-table.ts';
import type { Cell } from '../tables/mod.ts';
import { explorerScript } from './script.ts';

/** The parts of the page's script that need no page. */

const CLIENT = join(projectDirectory, 'src', 'report', 'client');

interface Figure {
  readonly image: number;
  readonly model: number;
  readonly value: number;
}

interface Group {
  readonly title: string;
  readonly images: readonly number[];
  readonly standings: readonly {
    readonly model: number;
    readonly value: number;
    readonly values: readonly { readonly image: number; readonly value: number }[];
  }[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Client {
  readState(fragment: string): Record<string, unknown>;
  writeState(state: Record<string, unknown>): string;
  brushOver(state: { brush: readonly string[] }, title: string): unknown;
  writeBrush(title: string, area: { x?: number[]; y?: number[] }): string[];
  frontOf(points: readonly Point[], lessX: boolean, lessY: boolean): readonly Point[];
  groupsOf(
    data: { images: readonly { id: string; kind: string | null }[] },
    figures: readonly Figure[],
    measure: { of: string },
    models: ReadonlySet<number>,
  ): readonly Group[];
  coinciding(group: Group): readonly (readonly number[])[];
  csv(rows: readonly (readonly (string | number)[])[]): string;
  shown(value: number, unit: string): string;
  rowsOfTable(cells: DrawnTable['cells']): readonly (readonly Cell[])[];
}

const test = suite<{ client: Client }>('script of the page');

test.before(async (context) => {
  const modules = ['state', 'data', 'text', 'static'].map(
    (name) => import(pathToFileURL(join(CLIENT, `${name}.js`)).href),
  );
  context.client = Object.assign({}, ...(await Promise.all(modules))) as Client;
});

test('all of its modules are in it, and it is a script', () => {
  const script = explorerScript();
  for (const file of readdirSync(CLIENT).filter((name) => name.endsWith('.js'))) {
    const module = file.replace('.js', '');
    const names: Readonly<Record<string, string>> = {
      charts: 'bars',
      controls: 'showControls',
      data: 'indexOf',
      figures: 'headsOf',
      main: 'begin',
      moments: 'createDrawing',
      pareto: 'pareto',
      picture: 'drawPicture',
      state: 'readState',
      static: 'drawTables',
      table: 'createTable',
      text: 'grouped',
    };
    assert.ok(new RegExp(`^(async )?function ${names[module]}\\(`, 'm').test(script), file);
  }
  assert.not.match(script, /^(import|export) /m);
  assert.not.match(script, /<\/script/i);
  new Script(script);
});

test('a link says what was chosen, whatever the names', ({ client }) => {
  const name = fc.string({ unit: 'binary' });
  const state = fc.record({
    view: fc.constantFrom('bars', 'steps', 'pareto'),
    measure: name,
    client: name,
    variant: name,
    x: name,
    y: name,
    kind: name,
    baseline: name,
    scale: fc.constantFrom('linear', 'log'),
    find: name,
    sort: name,
    models: fc.option(fc.array(name.filter((one) => one !== ''))),
    choices: fc.array(name.filter((one) => one !== '')),
    brush: fc.array(name.filter((one) => one !== '')),
  });
  // Halves of characters cannot stand in an address.
  const isWhole = (one: object): boolean => !/\\ud[89a-f]/.test(JSON.stringify(one));
  fc.assert(
    fc.property(state.filter(isWhole), (chosen) => {
      assert.equal(client.readState(`#${client.writeState(chosen)}`), { ...chosen });
    }),
  );
  // The name of a heading, and a link that was cut.
  const initial = client.readState('');
  assert.equal(client.readState('#tables'), initial);
  assert.is(client.readState('#measure=a%E2%82')['measure'], 'a%E2%82');
  assert.equal(client.readState('#__proto__=x'), initial);
});

test('an interval is read as it was drawn, over its own chart alone; a damaged one is none', ({
  client,
}) => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const ends = fc.tuple(number, number);
  fc.assert(
    fc.property(fc.string(), ends, ends, (title, x, y) => {
      const brush = client.writeBrush(title, { x, y });
      const wanted = { x: x.map((end) => end + 0), y: y.map((end) => end + 0) };
      assert.equal(client.brushOver({ brush }, title), wanted);
      assert.is(client.brushOver({ brush }, `${title}.`), undefined);
    }),
  );
  assert.equal(client.writeBrush('a', {}), []);
  for (const brush of [
    [],
    ['a'],
    ['a', '1', '2', '3'],
    ['a', '1', '2', '3', 'x'],
    ['a', '1', '2', '3', ''],
  ])
    assert.is(client.brushOver({ brush }, 'a'), undefined);
});

test('the front has what nothing is better than in both', ({ client }) => {
  const point = fc.record({ x: fc.nat(6), y: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(point), fc.boolean(), fc.boolean(), (points, lessX, lessY) => {
      const better = (a: number, b: number, less: boolean): boolean => (less ? a < b : a > b);
      const beaten = ({ x, y }: Point): boolean =>
        points.some(
          (other) =>
            !better(x, other.x, lessX) &&
            !better(y, other.y, lessY) &&
            (better(other.x, x, lessX) || better(other.y, y, lessY)),
        );
      const expected = points.filter((one) => !beaten(one));
      const front = client.frontOf(points, lessX, lessY);
      const sorted = (list: readonly Point[]): string[] =>
        list.map(({ x, y }) => `${x} ${y}`).sort();
      assert.equal(sorted(front), sorted(expected));
    }),
  );
});

const images = [
  { id: 'a', kind: null },
  { id: 'b', kind: 'update' },
  { id: 'c', kind: 'update' },
  { id: 'd', kind: 'release' },
];

function figuresOf(...models: readonly (readonly (number | undefined)[])[]): Figure[] {
  return models.flatMap((values, model) =>
    values.flatMap((value, image) => (value === undefined ? [] : [{ image, model, value }])),
  );
}

test('a mean is over steps of one kind, and of models that have them all', ({ client }) => {
  const figures = figuresOf([undefined, 2, 4, 9], [undefined, 2, undefined, 8]);
  const groups = client.groupsOf({ images }, figures, { of: 'transfer' }, new Set([0, 1]));
  assert.equal(
    groups.map(({ title }) => title),
    ['per update, mean of 2', 'the one release'],
  );
  assert.equal(
    groups.map(({ standings }) => standings.map(({ model, value }) => [model, value])),
    [
      [[0, 3]],
      [
        [0, 9],
        [1, 8],
      ],
    ],
  );
});

test('a return to the image before an edit, and a start of another series, is no step', ({
  client,
}) => {
  const edited = [null, 'edit', 'return', 'edit', 'start'].map((kind, at) => ({
    id: `${at}`,
    kind,
  }));
  const figures = figuresOf([undefined, 2, 4, 6, 8]);
  const groups = client.groupsOf({ images: edited }, figures, { of: 'transfer' }, new Set([0]));
  assert.equal(
    groups.map(({ title }) => title),
    ['edit: 1', 'edit: 3'],
  );
});

test('a sum over the series is that at its last image', ({ client }) => {
  const figures = figuresOf([1, 3, 6, 10], [1, 2, 3, undefined]);
  const [group] = client.groupsOf({ images }, figures, { of: 'series so far' }, new Set([0, 1]));
  assert.is(group!.title, 'up to d');
  assert.equal(
    group!.standings.map(({ model, value }) => [model, value]),
    [[0, 10]],
  );
});

test('models that are equal in every step are told, since one hides the other', ({ client }) => {
  const figures = figuresOf([undefined, 2, 4], [undefined, 2, 4], [undefined, 4, 2]);
  const [group] = client.groupsOf({ images }, figures, { of: 'transfer' }, new Set([0, 1, 2]));
  assert.equal(client.coinciding(group!), [[0, 1]]);
});

test('a long table is read as it was, and says what its rows repeat once', ({ client }) => {
  const name = { text: 'catar', hint: 'catar|…', colour: '#123456' };
  const rows: readonly (readonly Cell[])[] = [
    [name, { text: '1.00 MB', sort: 1_000_001 }, { text: 'a' }],
    [name, { text: '1.00 MB', sort: 1_000_002 }, { text: 'b' }],
    [{ text: '–' }, { text: '–' }, { text: 'a' }],
    [name, { text: '0 B', sort: 0 }, { text: 'a' }],
  ];
  const columns = ['Model', 'Bytes', 'Step'].map((title) => ({ title }));
  const drawn = drawnTable({ id: 't', title: '', note: '', columns, rows });
  assert.equal(client.rowsOfTable(JSON.parse(JSON.stringify(drawn.cells))), rows);
  assert.equal(
    drawn.cells.map(({ distinct }) => distinct.length),
    [2, 3, 2],
  );
  assert.equal(client.rowsOfTable([]), []);
});

test('numbers read as in the tables', ({ client }) => {
  for (const unit of ['bytes', 'count', 'ratio', 'share'] as const) {
    for (const value of [0, 1, 999, 1000, 1499, 999_999, 12_345_678, 2.5e9]) {
      assert.is(client.shown(value, unit), formatValue(value, unit), `${value} ${unit}`);
    }
  }
  assert.is(client.shown(-0.125, 'ratio'), formatValue(-0.125, 'ratio'));
  assert.is(client.shown(Number.NaN, 'bytes'), '–');
});

test('no cell of what is handed out is a formula', ({ client }) => {
  assert.is(
    client.csv([['a,"b"', 1.5, '=cmd()', '-1+1', 'plain']]),
    `"a,""b""",1.5,'=cmd(),'-1+1,plain\r\n`,
  );
});

test.run();
