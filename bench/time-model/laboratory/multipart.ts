import { InputError } from '../../../src/errors.ts';
import type { Range } from '../../../src/fetchers/fetcher.ts';

/** One part of an answer, where it lies in the whole. */
export interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Longest header of one part: real ones are below 300 bytes. */
const MOST_HEADER_BYTES = 4096;
const REMEDY = 'ask this server for one range at a time: range:ranges=1';

/**
 * The parts of a multipart/byteranges body (RFC 9110 §14.6, RFC 2046 §5.1.1). Lengths come from each part's
 * Content-Range, so that a body which contains the boundary is read rightly. Throws an InputError where the body is not
 * what it says, or has more than `most` parts.
 */
export function readParts(body: Uint8Array, contentType: string, most: number): readonly Part[] {
  const boundary = /^multipart\/byteranges\s*;\s*boundary="?([^"\s;]{1,70})"?/i.exec(
    contentType,
  )?.[1];
  if (boundary === undefined) throw fault(`no boundary in Content-Type '${contentType}'`, 0);
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.length);
  const delimiter = `--${boundary}`;
  const parts: Part[] = [];
  // What stands before the first delimiter is no part.
  let at = startsWith(buffer, 0, delimiter) ? 0 : buffer.indexOf(`\r\n${delimiter}`) + 2;
  if (at < 2 && !startsWith(buffer, at, delimiter)) throw fault('no boundary in the body', 0);
  for (;;) {
    if (!startsWith(buffer, at, delimiter)) throw fault('a part does not end at a boundary', at);
    at += delimiter.length;
    if (startsWith(buffer, at, '--')) return parts;
    if (!startsWith(buffer, at, '\r\n')) throw fault('a boundary does not end its line', at);
    if (parts.length === most) throw fault(`more than ${most} parts`, at);
    const end = buffer.subarray(0, at + MOST_HEADER_BYTES).indexOf('\r\n\r\n', at);
    if (end < 0) throw fault('the header of a part has no end', at);
    const { offset, length } = readContentRange(buffer.toString('latin1', at, end + 2), at);
    const start = end + 4;
    if (start + length + 2 > buffer.length) throw fault('the body ends within a part', start);
    parts.push({ offset, bytes: body.subarray(start, start + length) });
    at = start + length;
    if (!startsWith(buffer, at, '\r\n')) throw fault('a part is longer than its Content-Range', at);
    at += 2;
  }
}

/** `bytes first-last/complete` of a 206 answer or of a part. */
export function parseContentRange(text: string): Range | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(?:\d{1,15}|\*)$/i.exec(text.trim());
  if (!match) return undefined;
  const [offset, last] = [Number(match[1]), Number(match[2])];
  return last < offset ? undefined : { offset, length: last - offset + 1 };
}

function readContentRange(header: string, at: number): Range {
  const text = /\r\ncontent-range:([^\r\n]*)\r\n/i.exec(header)?.[1];
  const range = text === undefined ? undefined : parseContentRange(text);
  if (range) return range;
  throw fault(
    text === undefined ? 'a part has no Content-Range' : `bad Content-Range '${text.trim()}'`,
    at,
  );
}

function startsWith(buffer: Buffer, at: number, text: string): boolean {
  return buffer.toString('latin1', at, at + text.length) === text;
}

function fault(what: string, offset: number): InputError {
  return new InputError(`multipart answer: ${what}`, { offset }, REMEDY);
}
