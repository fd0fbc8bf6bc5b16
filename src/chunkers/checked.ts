import { BenchError, PluginError } from '../errors.ts';
import type { ByteSource } from '../streams/source.ts';
import type { Chunker } from './chunker.ts';

/**
 * What `chunker.lengths(source)` returns, held to its contract: whole positive lengths that add up to the source. A chunker
 * that breaks it is named in a PluginError, as is one that throws; typed errors of the source pass unchanged.
 */
export function checkedLengths(chunker: Chunker, source: ByteSource): Float64Array {
  const lengths = lengthsOf(chunker, source);
  if (lengths.length > source.length) {
    throw fault(chunker, `returned ${lengths.length} chunks for ${source.length} bytes`);
  }
  let offset = 0;
  for (const [index, length] of lengths.entries()) {
    if (!(Number.isSafeInteger(length) && length > 0)) {
      throw fault(chunker, `gave chunk ${index} a length of ${length}`, offset);
    }
    if (length > source.length - offset) {
      const left = source.length - offset;
      throw fault(chunker, `gave chunk ${index} ${length} bytes where ${left} are left`, offset);
    }
    offset += length;
  }
  if (offset < source.length) {
    throw fault(chunker, `left ${source.length - offset} bytes uncut`, offset);
  }
  return lengths;
}

function lengthsOf(chunker: Chunker, source: ByteSource): Float64Array {
  try {
    return chunker.lengths(source);
  } catch (error) {
    if (error instanceof PluginError) {
      if (error.message.startsWith(named(chunker))) throw error;
      throw fault(chunker, `failed: ${error.message}`, error.where.offset, error);
    }
    if (error instanceof BenchError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw fault(chunker, `failed: ${message}`, undefined, error);
  }
}

function fault(chunker: Chunker, what: string, offset?: number, cause?: unknown): PluginError {
  return new PluginError(
    `${named(chunker)} ${what}`,
    offset === undefined ? {} : { offset },
    'this is a fault of the chunker: run its contract suite',
    { cause },
  );
}

const named = ({ id }: Chunker): string => `chunker '${id}'`;
