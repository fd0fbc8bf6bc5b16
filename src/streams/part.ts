import { type ByteSource, checkRange } from './source.ts';

/** One range of another source, by reference: of an image there may be a million, and a rope of one piece takes ten times as much. */
export class Part implements ByteSource {
  readonly source: ByteSource;
  /** Where in the source it begins: bytes. */
  readonly offset: number;
  readonly length: number;

  /** Throws a RangeError where the source ends before. */
  constructor(source: ByteSource, offset: number, length: number) {
    checkRange(source, offset, length);
    this.source = source;
    this.offset = offset;
    this.length = length;
  }

  get isStandIn(): boolean {
    return this.source.isStandIn ?? false;
  }

  summary(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    return this.source.summary!(this.offset + offset, length);
  }

  read(offset: number, into: Uint8Array): void {
    checkRange(this, offset, into.length);
    this.source.read(this.offset + offset, into);
  }
}
