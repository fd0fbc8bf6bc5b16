import { readFileSync } from 'node:fs';
import { createXXHash128 } from 'hash-wasm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginError } from '../errors.ts';
import { absent, hasAll, lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { compileKernels, kernelsModule, kernelsModulePath } from './build.ts';
import { Kernels, kernels } from './kernels.ts';

unless(test, lackOfTime())('the committed module is what the sources compile to', async () => {
  const wasm = await compileKernels();
  if (!wasm) return void hasAll(absent('the AssemblyScript compiler is not installed'));
  const committed = readFileSync(kernelsModulePath(), 'utf8');
  assert.ok(committed === kernelsModule(wasm), 'out of date: npm run build:kernels');
});

test('a thread has one instance', () => {
  assert.is(kernels(), kernels());
});

test('the block grows and keeps what lies before it', () => {
  const machine = new Kernels();
  const small = machine.reserve(10);
  assert.is(small.length, 10);
  machine.load({ numbers: [], tables: new Uint8Array([1, 2, 3]) });
  const large = machine.reserve(3 << 20);
  assert.is(large.length, 3 << 20);
  large[(3 << 20) - 1] = 9;
  const memory = new Uint8Array(machine.exports.memory.buffer);
  assert.equal([...memory.subarray(machine.tables, machine.tables + 3)], [1, 2, 3]);
  assert.is(memory[machine.block + (3 << 20) - 1], 9);
});

test('memory that cannot grow is an error that says what to do', () => {
  const machine = new Kernels();
  assert.throws(
    () => machine.reserve(2 ** 31),
    (error: Error) => error instanceof PluginError && /smaller chunk/.test(String(error)),
  );
  assert.is(machine.reserve(1 << 20).length, 1 << 20);
});

test('numbers and tables beyond their room are refused', () => {
  const tables = new Uint8Array(65536 - 128);
  new Kernels().load({ numbers: [], tables });
  assert.throws(
    () => new Kernels().load({ numbers: [], tables: new Uint8Array(65536 - 127) }),
    RangeError,
  );
  assert.throws(() => new Kernels().load({ numbers: new Array(17).fill(1), tables }), RangeError);
});

test('xxh128 is that of hash-wasm at every branch of its definition', async () => {
  const hasher = await createXXHash128();
  const machine = new Kernels();
  const data = machine.reserve(20_000);
  data.set(noise(20_000));
  const lengths = [
    ...Array.from({ length: 1100 }, (_, length) => length),
    2047,
    2048,
    2049,
    19_000,
  ];
  for (const length of lengths) {
    for (const offset of [0, 3]) {
      machine.exports.xxh128(machine.block + offset, length, machine.out);
      const digest = new Uint8Array(machine.exports.memory.buffer, machine.out, 16).slice();
      const expected = hasher
        .init()
        .update(data.subarray(offset, offset + length))
        .digest('binary');
      assert.equal(digest, expected, `${length} bytes`);
    }
  }
});

test('anchors are those of the readable rule', () => {
  const machine = new Kernels();
  const bytes = noise(70_000, 3);
  bytes.copyWithin(30_000, 100, 5000);
  bytes.fill(0, 40_000, 50_000);
  machine.reserve(80_000).set(bytes);
  const list = machine.block + 72_000;
  for (const [start, end] of [
    [0, 70_000],
    [5, 69_987],
    [9, 12],
    [100, 119],
    [0, 1],
  ] as const) {
    const [from, to] = [machine.block + start, machine.block + end];
    machine.exports.restartAnchors();
    const count = machine.exports.findAnchors(from, to, 64, list);
    const found = [...new Uint32Array(machine.exports.memory.buffer, list, count)];
    assert.equal(
      found.map((address) => address - machine.block),
      anchors(bytes, start, end),
    );
  }
});

function anchors(bytes: Uint8Array, start: number, end: number): readonly number[] {
  const found: number[] = [];
  let next = start;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let place = start + 4; place <= end; place++) {
    const [first, second] = [view.getUint16(place - 4, true), view.getUint16(place - 2, true)];
    if (((first * 0x3c6f + second * 0x79b1 + 0x1ced) & 0xffff) >= 64) continue;
    if (place >= next) found.push(place);
    next = place + 64;
  }
  return found;
}

test.run();
