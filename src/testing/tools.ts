import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { MemorySource } from '../streams/source.ts';
import { noise } from './noise.ts';

/**
 * Chunkers beside the tools whose cuts they claim to make, on the same bytes. A tool that is not installed is skipped
 * with a message; under CI=true it is a failure.
 */
export function againstTool(tool: string, title: string, run: (folder: string) => void): void {
  test(`${tool}: ${title}`, () => {
    if (spawnSync(tool, ['--version']).error) {
      if (process.env['CI'] === 'true') assert.unreachable(`${tool} is not installed`);
      return console.log(`skipped: ${tool} is not installed`);
    }
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
