/** What calls back when time is up. Tests have one whose time passes as they say, so that no load decides their outcome. */
export interface Clock {
  /** Calls `act` once, `ms` milliseconds from now or from the last refresh. */
  after(ms: number, act: () => void): Timer;
}

export interface Timer {
  /** Begins to wait anew. */
  refresh(): void;
  cancel(): void;
}

export const systemClock: Clock = {
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return { refresh: () => void timer.refresh(), cancel: () => clearTimeout(timer) };
  },
};
