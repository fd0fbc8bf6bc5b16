import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import { BlockReader } from './blocks.ts';
import { Budget } from './budget.ts';
import { readEntry, readPassedOver, type TarEntry } from './entry.ts';
import { cut, extend, forgetExtended, mergeGlobal, nothingExtended, readBody } from './extended.ts';
import { BLOCK, readHeader, roundUp } from './header.ts';
import { type PaxRecords, readPax } from './pax.ts';
import { isExtension, PASSED_OVER } from './typeflags.ts';

export type { TarEntry } from './entry.ts';

export interface TarArchive {
  readonly entries: readonly TarEntry[];
  readonly warnings: readonly string[];
}

/**
 * Reads the headers of a tar archive (POSIX.1-2001 pax, ustar, GNU, v7) and skips over the contents. Throws an
 * InputError that names entry and offset.
 *
 * @param budget of memory, where the archive is one of several that are held together
 */
export function readTar(
  source: ByteSource,
  where: Where = {},
  budget: Budget = new Budget(),
): TarArchive {
  const entries: TarEntry[] = [];
  const { warnings } = visitTar(source, where, budget, (entry) => entries.push(entry));
  return { entries, warnings };
}

/** As {@link readTar}; each entry is handed on as it is read, and none is kept. */
export function visitTar(
  source: ByteSource,
  where: Where,
  budget: Budget,
  visit: (entry: TarEntry) => void,
): { readonly count: number; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const warn = (text: string, at: Where): void => {
    budget.charge(text.length, at);
    warnings.push(text);
  };
  const headers = new BlockReader(source);
  const extended = nothingExtended();
  let global: PaxRecords = new Map();
  let count = 0;
  let offset = 0;
  let contentBytes = 0;
  let passedOver = 0;
  for (;;) {
    if (offset + BLOCK > source.length) {
      if (offset === 0 && source.length > 0) throw tooShort(source.length, where);
      if (offset < source.length) throw cut(where, offset);
      warnings.push('the archive has no end marker');
      break;
    }
    const here = { ...where, offset };
    const header = readHeader(headers.at(offset), here);
    if (!header) {
      const trailing = trailingBytes(source, offset);
      if (trailing > 0) warnings.push(`${trailing} bytes after the end of the archive are ignored`);
      break;
    }
    const start = offset + BLOCK;
    if (isExtension(header.type)) {
      const body = readBody(headers, header, start, here);
      if (header.type === 'g') {
        const more = readPax(body, here);
        for (const [keyword, value] of more) budget.chargeRecord(keyword, value, here);
        global = mergeGlobal(global, more, here);
      } else extend(extended, header.type, body, here);
      offset = start + roundUp(header.size);
      continue;
    }
    const passed = PASSED_OVER[header.type];
    if (passed !== undefined) {
      // Each costs a warning, and so is bounded with the entries.
      checkCount(count + ++passedOver, here);
      const { path, end } = readPassedOver(source, header, start, extended, global, here);
      warn(`${passed} (type ${header.type}, '${path}') is skipped`, here);
      // What was said before it was said of it, as in GNU tar, Python and Go.
      forgetExtended(extended);
      offset = roundUp(end);
      continue;
    }
    const { entry, end } = readEntry(source, header, start, extended, global, budget, here);
    for (const text of extended.warnings) warn(`entry ${entry.path}: ${text}`, here);
    checkCount(++count + passedOver, here);
    contentBytes += entry.size;
    // Holes take no space in the archive, but every measure has to walk through them.
    if (contentBytes > limits.layerBytes) {
      throw new InputError(
        `files of more than ${limits.layerBytes} bytes`,
        here,
        'split the layer, or raise limits.layerBytes',
      );
    }
    visit(entry);
    forgetExtended(extended);
    offset = roundUp(end);
  }
  if (extended.count > 0) {
    throw new InputError(
      'an extended header describes no entry',
      { ...where, offset },
      'the archive is cut',
    );
  }
  return { count, warnings };
}

/** Nothing says that more of it was there. */
function tooShort(bytes: number, where: Where): InputError {
  return new InputError(
    `${bytes} bytes are no tar archive: its first header has ${BLOCK}`,
    where,
    'see what it is: it is another file, or was cut before it was stored',
  );
}

function checkCount(count: number, where: Where): void {
  if (count <= limits.entries) return;
  throw new InputError(`more than ${limits.entries} entries`, where, 'raise limits.entries');
}

/** Bytes from here to the end that are not zero padding. */
function trailingBytes(source: ByteSource, offset: number): number {
  const step = new Uint8Array(1 << 16);
  for (let at = offset; at < source.length; at += step.length) {
    const part = step.subarray(0, Math.min(step.length, source.length - at));
    source.read(at, part);
    const index = part.findIndex((byte) => byte !== 0);
    if (index >= 0) return source.length - at - index;
  }
  return 0;
}
