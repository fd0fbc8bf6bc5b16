import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Graph, GraphBuilder, makespans, spanOf, workOf } from './schedule.ts';

type Stage = readonly [cost: number, after?: readonly number[], release?: number];

function graphOf(stages: readonly Stage[]): Graph {
  const graph = new GraphBuilder();
  for (const stage of stages) graph.add(...stage);
  return graph.build();
}

test('a chain takes as long on any number of cores', () => {
  const chain = graphOf([[3], [4, [0]], [5, [1]]]);
  assert.is(workOf(chain), 12);
  assert.is(spanOf(chain), 12);
  assert.equal(makespans(chain, [1, 2, 64]), [12, 12, 12]);
});

test('what is independent is divided, down to the longest stage', () => {
  const apart = graphOf([[3], [3], [3], [3], [6]]);
  assert.is(workOf(apart), 18);
  assert.is(spanOf(apart), 6);
  // Two cores: 6 3 beside 3 3 3. Three: 6 beside 3 3 and 3 3.
  assert.equal(makespans(apart, [1, 2, 3, 4]), [18, 9, 6, 6]);
});

test('of the stages that are ready the one with most behind it is first', () => {
  // Both short ones first would leave the chain of 1 + 8 alone at the end.
  const graph = graphOf([[4], [4], [1], [8, [2]]]);
  assert.is(spanOf(graph), 9);
  assert.equal(makespans(graph, [1, 2]), [17, 9]);
});

test('a fork and a join', () => {
  const graph = graphOf([[2], [5, [0]], [1, [0]], [1, [0]], [3, [1, 2, 3]]]);
  assert.is(workOf(graph), 12);
  assert.is(spanOf(graph), 10);
  assert.equal(makespans(graph, [1, 2, 3]), [12, 10, 10]);
});

test('nothing begins before it is released, and the core does something else meanwhile', () => {
  const graph = graphOf([[2, [], 10], [3], [4, [], 1]]);
  assert.is(spanOf(graph), 12);
  // 0–3 the second, 3–7 the third, idle, 10–12 the first.
  assert.equal(makespans(graph, [1, 2]), [12, 12]);
  const late = graphOf([
    [5, [], 1],
    [5, [], 2],
  ]);
  assert.equal(makespans(late, [1, 2]), [11, 7]);
});

test('no stages take no time, and neither do stages of no cost', () => {
  assert.equal(makespans(graphOf([]), [1, 2]), [0, 0]);
  assert.equal(makespans(graphOf([[0], [0, [0]], [0, [0]]]), [1, 2]), [0, 0]);
});

const stages = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 20 }), fc.array(fc.nat({ max: 1000 }), { maxLength: 3 })),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) =>
    drawn.map(
      ([cost, after], stage): Stage => [
        cost,
        stage === 0 ? [] : [...new Set(after.map((one) => one % stage))],
      ],
    ),
  );

test('every schedule lies within the bounds of Brent and Graham', () => {
  fc.assert(
    fc.property(stages, fc.integer({ min: 1, max: 70 }), (drawn, cores) => {
      const graph = graphOf(drawn);
      const [work, span] = [workOf(graph), spanOf(graph)];
      const [one, time, unlimited] = makespans(graph, [1, cores, drawn.length]);
      assert.ok(span <= work);
      assert.is(one, work);
      assert.ok(time! >= Math.max(work / cores, span) - 1e-9);
      assert.ok(time! <= work / cores + span * (1 - 1 / cores) + 1e-9);
      assert.is(unlimited, span);
    }),
  );
});

test('with releases no schedule is longer than the span and the work of all cores', () => {
  const released = fc.tuple(
    stages,
    fc.array(fc.nat({ max: 100 }), { minLength: 60, maxLength: 60 }),
  );
  fc.assert(
    fc.property(released, fc.integer({ min: 1, max: 8 }), ([drawn, releases], cores) => {
      const graph = graphOf(
        drawn.map(([cost, after = []], n): Stage => [cost, after, releases[n]!]),
      );
      const [time] = makespans(graph, [cores]);
      assert.ok(time! >= spanOf(graph));
      assert.ok(time! <= spanOf(graph) + workOf(graph) / cores + 1e-9);
    }),
  );
});

test.run();
