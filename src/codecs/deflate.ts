import { Kernels } from '../kernels/kernels.ts';

/** Memory of an instance: deflate's own (assembly/deflate-bits.ts), then input, then output. Bytes. */
const OWN = 10 << 16;
/** Taken from the content at a time. */
const STEP = 1 << 20;
/** What a step may leave unread: the window is filled as far as it goes. */
const LEFT = 1 << 16;
/** A step and the block before it, at nine bits a byte and more. */
const OUTPUT = 2 * (STEP + LEFT);

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

/** Instances that nobody uses: each holds the state of one stream. */
const idle: Deflater[] = [];

/** gzip (RFC 1952) with the bytes of reference zlib, of content of any length, step by step. @param level 1 … 9 */
export function* gzipSteps(content: Iterable<Uint8Array>, level: number): Generator<Uint8Array> {
  const deflater = idle.pop() ?? new Deflater();
  try {
    yield gzipHeader(level);
    deflater.begin(level);
    for (const bytes of content) {
      for (let offset = 0; offset < bytes.length; offset += STEP) {
        const part = deflater.feed(bytes.subarray(offset, offset + STEP), false);
        if (part.length > 0) yield part;
      }
    }
    yield deflater.feed(new Uint8Array(0), true);
    yield deflater.trailer();
  } finally {
    idle.push(deflater);
  }
}

/** Without a name and a time; 3 is Unix, as zlib has it. */
function gzipHeader(level: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set([0x1f, 0x8b, 8]);
  header[8] = level === 9 ? 2 : level === 1 ? 4 : 0;
  header[9] = 3;
  return header;
}

class Deflater {
  readonly #machine = new Kernels();
  readonly #memory: Uint8Array;
  readonly #input: number;
  readonly #output: number;
  #left = 0;
  #crc = 0;
  #length = 0;

  constructor() {
    this.#memory = this.#machine.reserve(OWN + LEFT + STEP + OUTPUT);
    this.#input = OWN;
    this.#output = OWN + LEFT + STEP;
  }

  begin(level: number): void {
    this.#machine.exports.deflateBegin(level);
    this.#left = this.#crc = this.#length = 0;
  }

  /** What these bytes, at most a step, are compressed to as far as it is settled. */
  feed(bytes: Uint8Array, isLast: boolean): Uint8Array {
    const { exports, block } = this.#machine;
    const [from, into] = [block + this.#input, block + this.#output];
    this.#memory.set(bytes, this.#input + this.#left);
    this.#crc = exports.crc32(this.#crc, from + this.#left, bytes.length);
    this.#length += bytes.length;
    const held = this.#left + bytes.length;
    const end = exports.deflateFeed(from, held, isLast, into) - block;
    this.#left = exports.deflateLeft();
    this.#memory.copyWithin(this.#input, this.#input + held - this.#left, this.#input + held);
    return this.#memory.slice(this.#output, end);
  }

  /** CRC-32 and length modulo 2³² of all bytes. */
  trailer(): Uint8Array {
    const trailer = new Uint8Array(TRAILER_BYTES);
    const view = new DataView(trailer.buffer);
    view.setUint32(0, this.#crc, true);
    view.setUint32(4, this.#length % 2 ** 32, true);
    return trailer;
  }
}
