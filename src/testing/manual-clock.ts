import type { Clock, Timer } from '../clock.ts';

interface Waiting {
  due: number;
  readonly act: () => void;
}

/** A clock that stands still until a test moves it. What waits for no time at all need not be moved for. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #waiting = new Set<Waiting>();

  after(ms: number, act: () => void): Timer {
    const waiting: Waiting = { due: this.#now + ms, act };
    this.#waiting.add(waiting);
    if (ms <= 0) setTimeout(() => this.advance(0), 0);
    return {
      refresh: () => {
        waiting.due = this.#now + ms;
      },
      cancel: () => void this.#waiting.delete(waiting),
    };
  }

  /** Lets `ms` milliseconds pass; what is due is called in its order. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#waiting].filter((one) => one.due <= this.#now);
    for (const one of due.sort((a, b) => a.due - b.due)) {
      if (this.#waiting.delete(one)) one.act();
    }
  }
}
