import { relative } from 'node:path';

/** Where a run tells how far it is: standard error, never the data. */
export interface Progress {
  /** Begins with this many steps to do. @param left milliseconds of all that is still to do, where more is known than their number */
  start(total: number, left?: () => number | undefined): void;
  /** Adds steps that were not known before; takes away those that are not needed where negative. */
  more(steps: number): void;
  /** One step is done. */
  step(what: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** What is being waited for, until the next step. */
  busy(text: string): void;
  /** So many cells of a run failed, or images could not be had: told once the run has ended. */
  failed?(cells: number): void;
  /** Every model is done with an image. Waited for before anything is timed. */
  reached?(image: string): Promise<void>;
  /** All that is exact is measured, and times are next. Waited for as well. */
  exact?(): Promise<void>;
  /** Nothing more is told. */
  end(): void;
}

/** Nobody is told what `told` leaves out. */
export function wholeProgress(told: Partial<Progress> = {}): Progress {
  return {
    start: (total, left) => told.start?.(total, left),
    more: (steps) => told.more?.(steps),
    step: (what) => told.step?.(what),
    note: (text) => told.note?.(text),
    busy: (text) => told.busy?.(text),
    end: () => told.end?.(),
  };
}

/** A path for people: short where it lies below the current directory, else whole. */
export function shownPath(path: string): string {
  const inside = relative('.', path) || '.';
  return inside.startsWith('..') ? path : inside;
}
