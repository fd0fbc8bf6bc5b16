import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleRecord, sampleTiming } from '../testing/sample-run.ts';
import { summarise } from './sentences/mod.ts';
import { createView } from './view.ts';

/** What is said of timed figures, by topic. */

type Records = Parameters<typeof createView>[1];

function words(run: ReturnType<typeof sampleInfo>, records: Records): Record<string, string> {
  const sentences = summarise(createView(run, records));
  return Object.fromEntries(sentences.map(({ topic, text }) => [topic, text]));
}

const info = sampleInfo([{ id: 'g', alias: 'oci-gzip' }, { id: 'c', alias: 'catar' }, { id: 'x' }]);

/** Of nine rounds, times of one model alternate about a base; its rate follows from it. */
const timed = (
  model: string,
  ms: number,
  {
    rounds = 9,
    operation = 'pack' as 'pack' | 'unpack',
    disturbed = undefined as number | undefined,
  } = {},
) =>
  sampleRecord(model, `throughput.${operation}`, 1000 / ms, {
    workers: 1,
    n: rounds,
    low: 990 / ms,
    high: 1010 / ms,
    samples: Array.from({ length: rounds }, (_, round) => ms * (round % 2 === 0 ? 0.99 : 1.01)),
    ...(disturbed === undefined ? {} : { disturbed }),
  });
const floorAt = (value: number, operation: 'pack' | 'unpack' = 'pack') =>
  sampleRecord('g', `throughput.${operation}_noise_floor`, value, { n: 9 });

test('speed is told with its interval, and no difference below the noise', () => {
  const said = (...records: Records): string => words(info, records)['Throughput']!;
  assert.is(
    said(timed('g', 20), timed('c', 10), floorAt(0.02)),
    'With one worker catar packs fastest (100.0 MB/s, 95 % interval 99.0 to 101.0, n = 9). Differences below 2.0 % of packing are within noise.',
  );
  assert.match(
    said(timed('g', 10.1), timed('c', 10), floorAt(0.02)),
    'With one worker catar packs at 100.0 MB/s, 95 % interval 99.0 to 101.0, n = 9; no difference to oci-gzip that this run can tell.',
  );
  assert.match(said(timed('g', 10.5), timed('c', 10), floorAt(0.02)), 'packs fastest');
  assert.match(said(timed('g', 20), timed('c', 10)), 'no difference to oci-gzip', 'no floor');
  assert.is(
    said(timed('c', 10)),
    'With one worker catar packs at 100.0 MB/s, 95 % interval 99.0 to 101.0, n = 9.',
  );
});

test('too few rounds are compared by no word', () => {
  const few = [timed('g', 20, { rounds: 3 }), timed('c', 10, { rounds: 3 }), floorAt(0.02)];
  assert.match(
    words(info, few)['Throughput']!,
    'catar packs at 100.0 MB/s, range of 3: 99.0 to 101.0, oci-gzip at 50.0 MB/s; not compared: it takes 6 rounds, not 3.',
  );
  const bare = ['g', 'c'].map((model) => sampleRecord(model, 'throughput.pack', 9, { workers: 1 }));
  assert.match(
    words(info, bare)['Throughput']!,
    'not compared: times of single rounds were not kept',
  );
});

test('a model that failed in between is left out of the comparison', () => {
  const records = [timed('g', 20), timed('c', 10), timed('x', 1, { rounds: 4 }), floorAt(0.02)];
  assert.match(words(info, records)['Throughput']!, 'catar packs fastest');
});

test('rounds that could not be had on an idle machine are said to be so, and nothing else', () => {
  const records = [
    timed('g', 20, { disturbed: 2 }),
    timed('c', 10, { disturbed: 2 }),
    floorAt(0.02),
    sampleRecord('c', 'throughput.pack_speedup', 3, {
      workers: 2,
      n: 9,
      low: 2.9,
      high: 3.1,
      disturbed: 2,
    }),
  ];
  assert.is(
    words(info, records)['Throughput'],
    'Timed figures are not compared: the machine did other work in 2 of 9 rounds.',
  );
});

test('each operation has a noise of its own', () => {
  const rates = [timed('g', 11, { operation: 'unpack' }), timed('c', 10, { operation: 'unpack' })];
  const said = (...floors: Records): string => words(info, [...rates, ...floors])['Throughput']!;
  assert.match(said(floorAt(0.2, 'unpack'), floorAt(0.01)), 'no difference to oci-gzip');
  assert.match(said(floorAt(0.01, 'unpack'), floorAt(0.2)), 'unpacks fastest');
  assert.match(said(floorAt(0.2)), 'no difference to oci-gzip', 'nothing is known of unpacking');
});

test('figures of a busy machine are not compared', () => {
  const rates = ['g', 'c'].flatMap((model, index) =>
    (['pack', 'unpack'] as const).flatMap((operation) => [
      timed(model, 10 / (index + 1), { operation }),
      sampleRecord(model, `throughput.${operation}_speedup`, 2, {
        workers: 2,
        n: 3,
        low: 1.9,
        high: 2.1,
      }),
    ]),
  );
  rates.push(floorAt(0.02), floorAt(0.02, 'unpack'));
  const speeds = [
    sampleRecord('c', 'speed.rate', 100, { n: 9 }),
    sampleRecord('c', 'speed.average', 8192),
  ];
  const idle = { count: 9, threads: 2, highestLoad: 2, referenceMs: 1, slowestShare: 0.15 };
  const said = (load: number, checks = idle): Record<string, string> =>
    words({ ...info, environment: { ...info.environment, load, checks } }, [
      ...rates,
      ...speeds,
      ...sampleTiming('g', 990, 1000),
    ]);
  assert.match(said(2)['Throughput']!, 'catar packs fastest');
  for (const own of [
    said(2.1),
    said(0, { ...idle, highestLoad: 4.1 }),
    said(0, { ...idle, slowestShare: 0.16 }),
  ]) {
    const sentence = 'Timed figures are not compared: the machine was busy.';
    for (const topic of ['Throughput', 'Speed', 'Time model']) assert.is(own[topic], sentence);
  }
});

test('the gain of the most workers is told from least to most', () => {
  const gain = (model: string, workers: number, value: number, spread = 0.05) =>
    sampleRecord(model, 'throughput.unpack_speedup', value, {
      workers,
      n: 3,
      low: value - spread,
      high: value + spread,
    });
  const most = [gain('g', 1, 1, 0), gain('g', 2, 1.5), gain('g', 4, 0.9), gain('c', 4, 3.25)];
  assert.is(
    words(info, most)['Throughput'],
    '4 workers unpack at a multiple of the speed of one: oci-gzip 0.90 (0.85 to 0.95) to catar 3.25 (3.20 to 3.30), each with its range of 3.',
  );
  // 0.9 is within a noise of 20 % of one, 1.04 ± 0.05 has one in it; nothing is known of what has no spread.
  const floor = sampleRecord('*', 'throughput.unpack_noise_floor', 0.2, { n: 3 });
  assert.match(
    words(info, [...most, gain('x', 4, 1.04), floor])['Throughput']!,
    '4 workers unpack at a multiple of the speed of one: catar 3.25 (range of 3: 3.20 to 3.30). With 4 workers, unpacking of oci-gzip and x is within noise of the speed of one.',
  );
  // 1.25 is a fifth less time.
  const floorOf = (value: number) => sampleRecord('*', 'throughput.unpack_noise_floor', value);
  const quarter = gain('c', 4, 1.25);
  assert.match(words(info, [quarter, floorOf(0.19)])['Throughput']!, 'of one: catar 1.25');
  assert.match(words(info, [quarter, floorOf(0.22)])['Throughput']!, 'of catar is within noise');
  const bare = sampleRecord('g', 'throughput.unpack_speedup', 3, { workers: 2, n: 3 });
  assert.is(words(info, [bare])['Throughput'], undefined);
});

test('speeds: the fastest at each size, and what a package of the same kind does', () => {
  const speeds = (id: string, rate: number, ofPeer?: number) => [
    sampleRecord(id, 'speed.rate', rate, {
      n: 9,
      low: rate - 50,
      high: rate + 50,
      samples: Array.from({ length: 9 }, () => 1e6 / rate),
    }),
    sampleRecord(id, 'speed.average', id.includes('64KiB') ? 65536 : 8192),
    ...(ofPeer === undefined
      ? []
      : [
          sampleRecord(id, 'speed.of_peer', ofPeer, {
            n: 9,
            low: ofPeer - 0.1,
            high: ofPeer + 0.1,
          }),
        ]),
  ];
  const ids = [
    'fastcdc:avg=8KiB',
    'fastcdc:avg=64KiB',
    'rabin:avg=8KiB',
    'npm:p@1:avg=8KiB',
    'gear:avg=8KiB',
  ];
  const { fidelity: _, ...bare } = sampleInfo([{ id: ids[0]! }]).models[0]!;
  const said = words({ ...info, models: ids.map((id) => ({ ...bare, id })) }, [
    ...speeds(ids[0]!, 2000, 2.04),
    ...speeds(ids[1]!, 2100, 2.5),
    ...speeds(ids[2]!, 700, 6),
    ...speeds(ids[3]!, 3000),
    ...speeds(ids[4]!, 1900, 1.12),
    sampleRecord(ids[0]!, 'speed.noise_floor', 0.12, { n: 9 }),
  ]);
  assert.is(
    said['Speed'],
    'The fastest chunkers: fastcdc or gear at 8 KiB (2,000 MB/s, 95 % interval 1,950 to 2,050, n = 9) and fastcdc at 64 KiB (2,100 MB/s, 95 % interval 2,050 to 2,150, n = 9). Times as fast as the npm package of the same kind, with their intervals: fastcdc 2.0 to 2.5 (1.9 to 2.6) and rabin 6.0 (5.9 to 6.1).',
  );
  assert.is(said['Storage'], undefined);
});

test('speeds of too few rounds to tell anything are not compared', () => {
  const ids = ['fastcdc:avg=8KiB', 'rabin:avg=8KiB', 'gear:avg=8KiB', 'gear:avg=64KiB'];
  const { fidelity: _, ...bare } = sampleInfo([{ id: ids[0]! }]).models[0]!;
  const saidOf = (rounds: number): string | undefined =>
    words({ ...info, models: ids.map((id) => ({ ...bare, id })) }, [
      ...ids.flatMap((id, index) => [
        sampleRecord(id, 'speed.rate', 1000 * (index + 1), {
          n: rounds,
          low: 1,
          high: 9000,
          samples: Array.from({ length: rounds }, () => 1000 / (index + 1)),
        }),
        sampleRecord(id, 'speed.average', id.includes('64KiB') ? 65536 : 8192),
      ]),
      sampleRecord(ids[0]!, 'speed.noise_floor', 0.01, { n: rounds }),
    ])['Speed'];
  // Three pairs: 3 · 2⁻⁵ is above 5 %, 3 · 2⁻⁶ below.
  assert.match(saidOf(6)!, 'Chunkers are not compared at 8 KiB (it takes 7 rounds, not 6).');
  assert.match(saidOf(6)!, 'The fastest chunkers: gear at 64 KiB');
  assert.match(saidOf(7)!, 'The fastest chunkers: gear at 8 KiB');
  assert.not.match(saidOf(7)!, 'not compared');
});

test.run();
