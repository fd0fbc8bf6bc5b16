import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Measurement } from '../measures/measurement.ts';
import { analyse } from './analysis.ts';
import { plainExploration } from './plain.ts';
import { readResponses } from './responses.ts';
import { readSpace } from './space.ts';
import { kindTables } from './tables.ts';
import type { Explored } from './unit.ts';

const MEASURES = ['transfer.bytes', 'transfer.requests'];
const images = ['a', 'b', 'c'];
const steps = [
  { image: 'b', kind: 'update' },
  { image: 'c', kind: 'update' },
] as const;

type Figures = (id: string, measure: string, image: string) => number;

const all: Figures = (id, measure, image) => id.length + measure.length + (image === 'c' ? 3 : 1);

function analysed(grid: string, figures: Figures = all) {
  const space = readSpace([grid], false);
  const responses = readResponses(MEASURES, ['dsl-20ms']);
  const explored = new Map(
    space.models.map(({ id }): [string, Explored] => {
      const measurements = responses.flatMap(({ measure, client }) =>
        images.map(
          (image): Measurement => ({
            image,
            client,
            measure: measure.name,
            value: figures(id, measure.name, image),
          }),
        ),
      );
      return [id, { model: id, measurements }];
    }),
  );
  const exploration = { steps, explored };
  return { space, exploration, analyses: analyse(space.models, exploration, responses, images) };
}

function tableOf(grid: string, id: string, figures?: Figures) {
  const [analysis] = analysed(grid, figures).analyses;
  return kindTables(analysis!).find((table) => table.id === `${id}-update`);
}

test('pairs of chains are counted for each measure', () => {
  const grid = 'catar|whole|{none,zstd:3}|{objects,blob}|get';
  const pairs = (figures?: Figures): readonly string[] =>
    tableOf(grid, 'effects', figures)!.rows.map((cells) => cells[3]!.text);
  assert.equal(pairs(), ['2', '2']);
  // One chain asks for nothing at a step: it has no ratio of requests.
  const isNone: Figures = (id, measure, image) =>
    measure === 'transfer.requests' && /none\|blob/.test(id) && image === 'c'
      ? 0
      : all(id, measure, image);
  assert.equal(pairs(isNone), ['1–2', '1–2']);
});

test('of one step there is no range and no mean over steps', () => {
  const grid = 'catar|whole|{none,zstd:3}|{objects,blob}|get';
  const told = (own: typeof steps | readonly [(typeof steps)[0]]) => {
    const { space, exploration } = analysed(grid);
    const responses = readResponses(MEASURES, ['dsl-20ms']);
    const [analysis] = analyse(space.models, { ...exploration, steps: own }, responses, images);
    const tables = kindTables(analysis!);
    const effects = tables.find(({ id }) => id === 'effects-update')!;
    return `${tables[0]!.note} ${effects.note} ${effects.rows[0]![4]!.text}`;
  };
  assert.match(told(steps), /Means over 2 steps.*in brackets.*\(.*–.*\)$/);
  assert.not.match(told([steps[0]]), /Means|brackets|–/);
});

test('an axis of one level has no effect, no share and no interaction', () => {
  const grid = 'catar|whole|{none,zstd:3}|{objects,blob}|get';
  const shares = tableOf(grid, 'variance')!.rows.map(([first]) => first!.text);
  const wanted = ['codec', 'packer', 'all axes', 'with all interactions of two', 'chains'];
  assert.equal(shares, wanted);
  const together = tableOf(grid, 'interactions')!.rows.map(([, axes]) => axes!.text);
  assert.equal([...new Set(together)], ['codec × packer']);
  const { space, exploration, analyses } = analysed(grid);
  const plain = JSON.stringify(
    plainExploration({
      dataset: { id: 'made', digest: '' } as never,
      images,
      space,
      exploration,
      analyses,
      command: '',
    }),
  );
  assert.match(plain, /"axes":\{"codec":/);
  assert.not.match(plain, /"fetcher"|"serialiser"|"chunker"/);
});

test('of one axis there are no interactions, and of none nothing is told of axes', () => {
  const one = 'catar|whole|{none,zstd:3}|objects|get';
  assert.is(tableOf(one, 'interactions'), undefined);
  assert.equal(
    tableOf(one, 'variance')!.rows.map(([first]) => first!.text),
    ['codec', 'chains'],
  );
  for (const id of ['effects', 'variance', 'interactions']) {
    assert.is(tableOf('catar|whole|none|objects|get', id), undefined, id);
  }
});

test.run();
