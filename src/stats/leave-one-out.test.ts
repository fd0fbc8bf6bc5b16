import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { areSettled, isSettled, leaveOneOut } from './mod.ts';

test('what leaving one value out moves a mean by', () => {
  // Mean 4; without 1: 5.5, without 3: 4.5, without 8: 2.
  assert.is(leaveOneOut([1, 3, 8]), 2);
  assert.is(leaveOneOut([2, 2, 2]), 0);
  assert.is(leaveOneOut([1, 3]), 1);
  assert.is(leaveOneOut([5]), undefined);
  assert.is(leaveOneOut([]), undefined);
});

test('of two differences, those of one sign are no tie', () => {
  assert.ok(isSettled([1, 5]));
  assert.ok(isSettled([-1, -5]));
  assert.not(isSettled([-1, 5]));
  assert.not(isSettled([0, 5]));
  assert.not(isSettled([0, 0]));
});

test('one difference, and none, settle nothing', () => {
  assert.not(isSettled([7]));
  assert.not(isSettled([]));
});

test('one value that makes the whole difference makes a tie', () => {
  // Mean 3.25; without 10 it is 1, moved by 2.25.
  assert.ok(isSettled([1, 1, 1, 10]));
  // Mean 2.5; without 10 it is 0, moved by as much.
  assert.not(isSettled([0, 0, 0, 10]));
  // Mean 2; without −4 it is 4, moved by as much as it is.
  assert.not(isSettled([4, 4, -4, 4]));
  assert.ok(isSettled([4, 4, -3, 4]));
});

test('it agrees with the means that it speaks of', () => {
  for (const values of [
    [1, 2, 3],
    [-1, 2, 4],
    [5, 5, -9],
    [3, 3, -1, 2],
    [7, -7, 1],
  ]) {
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    assert.is(isSettled(values), Math.abs(mean) > leaveOneOut(values)! + 1e-12, values.join());
  }
});

test('two series are compared step by step', () => {
  assert.ok(areSettled([10, 5], [12, 6]));
  assert.not(areSettled([10, 5], [12, 4]));
});

test.run();
