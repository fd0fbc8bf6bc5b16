import type { Socket } from 'node:net';

/** Longest piece that is sent at once: connections take turns at this grain. Bytes. */
const PIECE = 16 << 10;

/** What one connection may have under way: enough to fill every link of the grid for two round trips, never unbounded. Bytes. */
const MOST_UNDER_WAY = 1 << 20;

/** Timers come up to a millisecond late, and a shorter wait is not to be had from them. */
const TIMER_MS = 1;

interface Piece {
  readonly due: number;
  readonly bytes: Uint8Array | undefined;
  readonly deliver: (bytes: Uint8Array | undefined) => void;
}

/**
 * One direction of a link: a queue that lets `bandwidth` through, then a delay. Every piece has a due time that follows
 * from what came before it, so that late timers never add up.
 */
export class Lane {
  /** Everything that was taken up so far. */
  bytes = 0;
  readonly #delayMs: number;
  readonly #bytesPerMs: number;
  readonly #queue: Piece[] = [];
  #head = 0;
  /** When the queue has let through all it holds. */
  #free = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #immediate: ReturnType<typeof setImmediate> | undefined;

  /** @param bandwidth bits per second */
  constructor(delayMs: number, bandwidth: number) {
    this.#delayMs = delayMs;
    this.#bytesPerMs = bandwidth / 8000;
  }

  /** Carries what `from` sends to `to`; nothing of it passes before `open`, a time of `performance.now()`. */
  join(from: Socket, to: Socket, open: number): void {
    let underWay = 0;
    const deliver = (bytes: Uint8Array | undefined): void => {
      if (to.destroyed) return;
      if (bytes === undefined) {
        to.end();
        return;
      }
      to.write(bytes);
      underWay -= bytes.length;
      if (underWay < MOST_UNDER_WAY && from.isPaused()) from.resume();
    };
    from.on('data', (chunk: Uint8Array) => {
      for (let offset = 0; offset < chunk.length; offset += PIECE) {
        this.#send(chunk.subarray(offset, offset + PIECE), open, deliver);
      }
      underWay += chunk.length;
      if (underWay >= MOST_UNDER_WAY) from.pause();
    });
    from.on('end', () => this.#send(undefined, open, deliver));
  }

  close(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#queue.length = 0;
    this.#head = 0;
  }

  #send(bytes: Uint8Array | undefined, open: number, deliver: Piece['deliver']): void {
    const length = bytes?.length ?? 0;
    this.bytes += length;
    this.#free = Math.max(this.#free, open, performance.now()) + length / this.#bytesPerMs;
    this.#queue.push({ due: this.#free + this.#delayMs, bytes, deliver });
    if (this.#queue.length - this.#head === 1) this.#wait();
  }

  #wait(): void {
    const rest = this.#queue[this.#head]!.due - performance.now();
    if (rest > TIMER_MS) this.#timer = setTimeout(() => this.#run(), Math.floor(rest - TIMER_MS));
    else this.#immediate = setImmediate(() => this.#run());
  }

  #run(): void {
    const now = performance.now();
    while (this.#head < this.#queue.length && this.#queue[this.#head]!.due <= now) {
      const { bytes, deliver } = this.#queue[this.#head++]!;
      deliver(bytes);
    }
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    } else {
      this.#wait();
    }
  }
}
