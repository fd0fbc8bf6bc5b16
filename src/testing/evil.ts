/** Tar archives part by part, for tests: each part may lie. Text is latin1, one character a byte. */

const BLOCK = 512;

export interface Part {
  readonly name?: string;
  readonly type?: string;
  readonly content?: string;
  /** As the header states it; default: that of the content. */
  readonly size?: number;
  readonly link?: string;
  readonly mode?: number;
  readonly magic?: string;
  /** Offset in the header → bytes, written last but for the checksum. */
  readonly raw?: Readonly<Record<number, string>>;
}

/** A header with a right checksum, and the content padded to whole blocks. */
export function part({ name = 'file', type = '0', content = '', ...more }: Part = {}): string {
  const header = new Array<string>(BLOCK).fill('\0');
  const put = (offset: number, text: string): void => {
    for (let index = 0; index < text.length; index++) header[offset + index] = text[index]!;
  };
  put(0, name);
  put(100, octal(more.mode ?? 0o644, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(more.size ?? content.length, 12));
  put(136, octal(0, 12));
  put(156, type);
  put(157, more.link ?? '');
  put(257, more.magic ?? 'ustar\x0000');
  for (const [offset, text] of Object.entries(more.raw ?? {})) put(Number(offset), text);
  put(148, ' '.repeat(8));
  const sum = header.reduce((total, byte) => total + byte.charCodeAt(0), 0);
  put(148, `${octal(sum, 7)} `);
  return header.join('') + content.padEnd(Math.ceil(content.length / BLOCK) * BLOCK, '\0');
}

/** An extended header with one record per property; type `g` for a global one. */
export function pax(records: Readonly<Record<string, string>>, type = 'x'): string {
  const content = Object.entries(records).map(([keyword, value]) => paxRecord(keyword, value));
  return part({ name: 'pax', type, content: content.join('') });
}

/** The parts as bytes, with an end marker. */
export function archive(...parts: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(parts.join('') + '\0'.repeat(2 * BLOCK), 'latin1'));
}

/** Digits and a NUL that fill a field. */
export function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function paxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length;
  while (length !== rest.length + String(length).length)
    length = rest.length + String(length).length;
  return `${length}${rest}`;
}
