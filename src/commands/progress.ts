import type { Progress } from '../progress.ts';
import { divide, type Maybe } from '../stats/mod.ts';
import type { Io } from './command.ts';

const silent: Progress = {
  start() {},
  more() {},
  step() {},
  note() {},
  busy() {},
  end() {},
};

/** A bar with the time left on a terminal; plain lines, at most one every ten seconds, elsewhere. */
export function createProgress(io: Io, now: () => number = Date.now): Progress {
  if (io.isQuiet) return silent;
  let total = 0;
  let done = 0;
  let started = now();
  let lastLine = 0;

  let leftMs: (() => Maybe) | undefined;

  const outlook = (ms: number): { readonly share: number; readonly left: Maybe } => {
    if (leftMs) {
      const left = leftMs();
      return { share: left === undefined ? 0 : (divide(ms, ms + left) ?? 0), left };
    }
    const share = total > 0 ? Math.min(1, done / total) : 0;
    return { share, left: share > 0.02 ? (ms / share) * (1 - share) : undefined };
  };
  const show = (what: string): void => {
    const ms = now() - started;
    const seconds = ms / 1000;
    const outlooked = outlook(ms);
    const { share } = outlooked;
    const left =
      outlooked.left === undefined ? '' : ` ${formatSeconds(outlooked.left / 1000)} left`;
    if (io.isTerminal) {
      const width = 24;
      const filled = Math.round(share * width);
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
      io.err(`\r\x1b[K${bar} ${done}/${total}${left}  ${printable(what).slice(0, 60)}`);
    } else if (now() - lastLine >= 10_000 || done === total) {
      lastLine = now();
      io.err(`${done}/${total} after ${formatSeconds(seconds)}${left}: ${printable(what)}\n`);
    }
  };
  return {
    start(cells, told) {
      total = cells;
      leftMs = told;
      done = 0;
      started = now();
    },
    more(cells) {
      total += cells;
    },
    step(what) {
      done++;
      show(what);
    },
    note(text) {
      io.err(`${io.isTerminal ? '\r\x1b[K' : ''}${printable(text)}\n`);
    },
    busy(text) {
      if (io.isTerminal) io.err(`\r\x1b[K${printable(text).slice(0, 100)}`);
    },
    end() {
      if (io.isTerminal) io.err('\r\x1b[K');
    },
  };
}

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Names come from images: control and direction characters must not reach a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return `\\u{${code}}`;
  });
}
