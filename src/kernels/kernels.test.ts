import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PluginError } from '../errors.ts';
import { compileKernels, kernelsModule, kernelsModulePath } from './build.ts';
import { Kernels, kernels } from './kernels.ts';

test('the committed module is what the sources compile to', async () => {
  const wasm = await compileKernels();
  if (!wasm) {
    if (process.env['CI'] === 'true') assert.unreachable('the AssemblyScript compiler is missing');
    return console.log('skipped: the AssemblyScript compiler is not installed');
  }
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

test.run();
