import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { limits } from '../limits.ts';
import { createPieceMemory, type PieceMemory } from '../objects/piece-memory.ts';

/** An image with so many times the bytes of the memory would fill it with pieces that few of its other cells meet. */
const MOST_TIMES = 8;

/** Compressed pieces that the cells of a run have in common. */
export class CommonPieces {
  readonly #pieces = createPieceMemory(limits.pieceBytes);
  readonly #none = createPieceMemory(0);

  /** The memory for the cells of an image: without room for a large one. */
  of(image: ImageDescriptor): PieceMemory {
    return layerBytes(image) > MOST_TIMES * limits.pieceBytes ? this.#none : this.#pieces;
  }
}
