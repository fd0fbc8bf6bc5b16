import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';

/**
 * What tests cannot do without. A test that lacks something is skipped by {@link skip}: the runner counts it and lists the
 * reasons, where a test that just returned would count as passed. In CI all programs must be there.
 *
 * `npm run test:fast` leaves out what needs programs, servers, or long. There, no program is on PATH and nothing may listen,
 * so that a test which does not say what it needs fails.
 */

export interface Lack {
  readonly reason: string;
  /** Here it must not be lacking. */
  readonly isFailure: boolean;
}

let isFast = false;
let isListed = false;
/** Reasons of the running test. */
let pending: string[] = [];

/** Counts the running test as skipped; to be returned from at once. */
export function skip(reason: string): void {
  pending.push(reason);
  if (!isListed) console.log(`skipped: ${reason}`);
}

/** True where all programs are there; else the running test is skipped, or fails in CI. */
export function has(...programs: readonly string[]): boolean {
  return hasAll(lackOf(...programs));
}

/** True where nothing is lacking; else the running test is skipped, or fails where that may not be. */
export function hasAll(...lacks: readonly (Lack | undefined)[]): boolean {
  const lack = lacks.find((one) => one !== undefined);
  if (lack) report(lack);
  return lack === undefined;
}

/** The function itself, or one that skips each of its tests, and runs no hooks, for the first thing that is lacking. */
export function unless<Context>(
  test: Test<Context>,
  ...lacks: readonly (Lack | undefined)[]
): Test<Context> {
  const lack = lacks.find((one) => one !== undefined);
  if (!lack) return test;
  const register = (name = ''): void => test(name, () => report(lack));
  const hook = Object.assign(() => {}, { each() {} });
  const { run } = test;
  return Object.assign(register, {
    only: register,
    skip: register,
    before: hook,
    after: hook,
    run,
  });
}

/** undefined where all programs are on PATH. */
export function lackOf(...programs: readonly string[]): Lack | undefined {
  if (isFast) return leftOut('programs of others');
  const missing = programs.find((program) => !isOnPath(program));
  return missing === undefined ? undefined : absent(`${missing} is not installed`);
}

/** undefined for root, who alone may set owners and make devices. */
export function lackOfRoot(): Lack | undefined {
  return process.getuid?.() === 0 ? undefined : absent('not run by root');
}

/** undefined where the file is here; it is part of no machine. */
export function lackOfFile(path: string): Lack | undefined {
  return existsSync(path) ? undefined : { reason: `${path} is not here`, isFailure: false };
}

/** Of tests that start a server; undefined unless tests are to be fast. */
export function lackOfServers(): Lack | undefined {
  return isFast ? leftOut('servers') : undefined;
}

/** Of tests that take more than some five seconds, or start the command line; undefined unless tests are to be fast. */
export function lackOfTime(): Lack | undefined {
  return isFast ? leftOut('time') : undefined;
}

/** Something that is lacking here, and in CI must not be. */
export function absent(reason: string): Lack {
  return { reason, isFailure: Boolean(process.env['CI']) && !isFast };
}

/** For the runner: it lists the reasons, and wants tests to be fast or not. */
export function underRunner(fast: boolean): void {
  [isListed, isFast] = [true, fast];
}

/** For the runner: reasons of the test that has just ended. */
export function takeSkips(): readonly string[] {
  const reasons = pending;
  pending = [];
  return reasons;
}

function report({ reason, isFailure }: Lack): void {
  if (isFailure) assert.unreachable(`in CI this must be there: ${reason}`);
  skip(reason);
}

/** How reasons begin that hold for the fast tests alone. */
export const LEFT_OUT = 'left out of the fast tests';

function leftOut(what: string): Lack {
  return { reason: `${LEFT_OUT}: needs ${what}`, isFailure: false };
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
