import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import { createChunker } from '../chunkers/mod.ts';
import { MemorySource } from '../streams/source.ts';
import { has } from './needs.ts';
import { noise } from './noise.ts';

/**
 * Chunkers beside the tools whose cuts they claim to make, on the same bytes.
 */
export function againstTool(tool: string, title: string, run: (folder: string) => void): void {
  test(`${tool}: ${title}`, () => {
    if (!has(tool)) return;
    const folder = mkdtempSync(join(tmpdir(), 'ocibench-'));
    try {
      run(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Noise with a long run of zeros, and one of a repeated text, in it. */
export function mixture(length: number, zerosAt: number, zeros: number): Uint8Array {
  const bytes = noise(length, 77);
  bytes.fill(0, zerosAt, zerosAt + zeros);
  const text = new TextEncoder().encode('The same line once again.\n');
  for (let at = 20_000; at < 60_000; at++) bytes[at] = text[at % text.length]!;
  return bytes;
}

/** Lengths of the chunks that the chunker of an id cuts. */
export function lengthsOf(id: string, bytes: Uint8Array): readonly number[] {
  return [...createChunker(id).lengths(new MemorySource(bytes))];
}
