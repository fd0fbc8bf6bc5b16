/**
 * Stages with costs, and which must wait for which, on any number of equal cores: how parallel the work itself is, whatever
 * program does it.
 *
 * Work, span and their quotient: Brent 1974, The parallel evaluation of general arithmetic expressions, J. ACM 21(2). A list
 * schedule leaves no core idle while a stage is ready, and lies between max(work ÷ p, span) and work ÷ p + span: Graham 1969,
 * Bounds on multiprocessing timing anomalies, SIAM J. Appl. Math. 17(2).
 */
export interface Graph {
  /** Cost of each stage: milliseconds of one core. */
  readonly costs: Float64Array;
  /** Before which no stage begins, whatever else is done: milliseconds. */
  readonly releases: Float64Array;
  /** Stages that each waits for, all with lower numbers; those of stage `n` are from `firsts[n]` to `firsts[n + 1]`. */
  readonly predecessors: Uint32Array;
  readonly firsts: Uint32Array;
}

/** Operations of an image that are scheduled, downloads aside. */
export const SCHEDULED = ['pack', 'verify', 'unpack'] as const;
/** What graphs are scheduled on. */
export const CORES: readonly number[] = [1, 2, 4, 8, 16, 32, 64];
export const MOST_CORES: number = Math.max(...CORES);

/** Builds a {@link Graph}, stage by stage. */
export class GraphBuilder {
  readonly #costs: number[] = [];
  readonly #releases: number[] = [];
  readonly #predecessors: number[] = [];
  readonly #firsts: number[] = [0];

  /** Returns the number of the stage. @param after stages that were added before; undefined is none */
  add(cost: number, after: Iterable<number | undefined> = [], release = 0): number {
    for (const stage of after) if (stage !== undefined) this.#predecessors.push(stage);
    this.#firsts.push(this.#predecessors.length);
    this.#releases.push(release);
    return this.#costs.push(cost) - 1;
  }

  build(): Graph {
    return {
      costs: Float64Array.from(this.#costs),
      releases: Float64Array.from(this.#releases),
      predecessors: Uint32Array.from(this.#predecessors),
      firsts: Uint32Array.from(this.#firsts),
    };
  }
}

/** Time of one core that never waits: milliseconds. */
export function workOf({ costs }: Graph): number {
  return costs.reduce((sum, cost) => sum + cost, 0);
}

/** Time on as many cores as there are stages: milliseconds. */
export function spanOf({ costs, releases, predecessors, firsts }: Graph): number {
  const ends = new Float64Array(costs.length);
  let span = 0;
  for (let stage = 0; stage < costs.length; stage++) {
    let start = releases[stage]!;
    for (let index = firsts[stage]!; index < firsts[stage + 1]!; index++) {
      start = Math.max(start, ends[predecessors[index]!]!);
    }
    ends[stage] = start + costs[stage]!;
    span = Math.max(span, ends[stage]!);
  }
  return span;
}

/** Time on each number of cores by list scheduling: milliseconds. Of the stages that are ready, the one with most behind it is first. */
export function makespans(graph: Graph, cores: readonly number[]): readonly number[] {
  const span = spanOf(graph);
  const order = followersOf(graph);
  let isShortest = false;
  return cores.map((count) => {
    // Nothing is shorter, and more cores can do what fewer did.
    const time = isShortest ? span : makespan(graph, order, count);
    isShortest ||= time <= span;
    return time;
  });
}

interface Followers {
  /** As {@link Graph.predecessors}, the other way round. */
  readonly followers: Uint32Array;
  readonly firsts: Uint32Array;
  /** Longest path from the start of a stage to the end of all, negative: least is first. */
  readonly ranks: Float64Array;
}

function followersOf({ costs, predecessors, firsts: given }: Graph): Followers {
  const count = costs.length;
  const firsts = new Uint32Array(count + 1);
  for (const stage of predecessors) firsts[stage + 1]!++;
  for (let stage = 0; stage < count; stage++) firsts[stage + 1]! += firsts[stage]!;
  const followers = new Uint32Array(predecessors.length);
  const filled = firsts.slice();
  const ranks = new Float64Array(count);
  for (let stage = count - 1; stage >= 0; stage--) {
    ranks[stage]! -= costs[stage]!;
    for (let index = given[stage]!; index < given[stage + 1]!; index++) {
      const before = predecessors[index]!;
      followers[filled[before]!++] = stage;
      ranks[before] = Math.min(ranks[before]!, ranks[stage]!);
    }
  }
  return { followers, firsts, ranks };
}

function makespan(graph: Graph, { followers, firsts, ranks }: Followers, cores: number): number {
  const { costs, releases } = graph;
  const lacking = Int32Array.from(
    costs,
    (_, stage) => graph.firsts[stage + 1]! - graph.firsts[stage]!,
  );
  const ends = new Float64Array(costs.length);
  const [unreleased, ready, running] = [releases, ranks, ends].map((keys) => new Queue(keys));
  let now = 0;
  const enter = (stage: number): void =>
    (releases[stage]! > now ? unreleased! : ready!).push(stage);
  for (const [stage, count] of lacking.entries()) if (count === 0) enter(stage);
  for (;;) {
    while (unreleased!.least <= now) ready!.push(unreleased!.pop());
    while (ready!.size > 0 && running!.size < cores) {
      const stage = ready!.pop();
      ends[stage] = now + costs[stage]!;
      running!.push(stage);
    }
    const next = Math.min(running!.least, unreleased!.least);
    if (next === Number.POSITIVE_INFINITY) return now;
    now = next;
    while (running!.least <= now) {
      const done = running!.pop();
      for (let index = firsts[done]!; index < firsts[done + 1]!; index++) {
        const stage = followers[index]!;
        if (--lacking[stage]! === 0) enter(stage);
      }
    }
  }
}

/** Stages by their keys, least first; a binary heap. A key does not change while its stage is here. */
class Queue {
  readonly #keys: Float64Array;
  readonly #heap: number[] = [];

  constructor(keys: Float64Array) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Least key; infinity where there is none. */
  get least(): number {
    const [first] = this.#heap;
    return first === undefined ? Number.POSITIVE_INFINITY : this.#keys[first]!;
  }

  push(stage: number): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#precedes(stage, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = stage;
  }

  pop(): number {
    const heap = this.#heap;
    const first = heap[0]!;
    const moved = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && this.#precedes(heap[below + 1]!, heap[below]!)) below++;
      if (!this.#precedes(heap[below]!, moved)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = moved;
    return first;
  }

  #precedes(one: number, other: number): boolean {
    const [a, b] = [this.#keys[one]!, this.#keys[other]!];
    return a < b || (a === b && one < other);
  }
}
