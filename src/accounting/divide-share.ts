import { Rope } from '../streams/rope.ts';
import { Divider } from './divide.ts';
import type { Divided, Share } from './shares.ts';

export async function divideShare(share: Share): Promise<Divided> {
  const { offset, lengths, segment } = share;
  const rope = Rope.open(share.rope);
  try {
    const divider = await Divider.create(share.chunkers);
    let start = offset;
    const streams = Array.from(lengths, (length) => {
      start += length;
      return new Rope().slice(rope, start - length, length);
    });
    return segment ? divider.segment(streams[0]!, segment) : divider.divide(streams);
  } finally {
    rope.close();
  }
}
