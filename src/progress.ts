import { relative } from 'node:path';

/** Where a run tells how far it is: standard error, never the data. */
export interface Progress {
  /** Begins with this many steps to do. */
  start(total: number): void;
  /** Adds steps that were not known before. */
  more(steps: number): void;
  /** One step is done. */
  step(what: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** What is being waited for, until the next step. */
  busy(text: string): void;
  /** Nothing more is told. */
  end(): void;
}

/** A path for people: short where it lies below the current directory, else whole. */
export function shownPath(path: string): string {
  const inside = relative('.', path) || '.';
  return inside.startsWith('..') ? path : inside;
}
