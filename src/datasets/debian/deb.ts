import { readFileSync } from 'node:fs';
import { decompressStream, detectCompression } from '../../codecs/read.ts';
import { InputError, type Where } from '../../errors.ts';

/** A Debian binary package (deb(5)): an ar archive with a control and a data tar. Both uncompressed here. */
export interface Deb {
  readonly control: Uint8Array;
  readonly data: Uint8Array;
}

export async function readDeb(path: string, where: Where): Promise<Deb> {
  const members = readAr(readFileSync(path), where);
  const member = async (prefix: string): Promise<Uint8Array> => {
    const found = [...members].find(([name]) => name.startsWith(prefix));
    if (!found) throw new InputError(`no member ${prefix}*`, where, 'this is no Debian package');
    return decompress(found[1], where);
  };
  return { control: await member('control.tar'), data: await member('data.tar') };
}

const HEADER = 60;
const MAGIC = '!<arch>\n';

/** Common ar archives: name → content. */
export function readAr(bytes: Uint8Array, where: Where): ReadonlyMap<string, Uint8Array> {
  const text = (start: number, length: number): string =>
    Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  if (text(0, 8) !== MAGIC) throw new InputError('no ar archive', where, 'fetch it again');
  const members = new Map<string, Uint8Array>();
  for (let offset = 8; offset < bytes.length; ) {
    const header = text(offset, HEADER);
    const size = Number(header.slice(48, 58).trim());
    const start = offset + HEADER;
    if (!header.endsWith('`\n') || !Number.isInteger(size) || start + size > bytes.length) {
      throw new InputError('the ar archive is damaged', { ...where, offset }, 'fetch it again');
    }
    members.set(header.slice(0, 16).trim().replace(/\/$/, ''), bytes.subarray(start, start + size));
    offset = start + size + (size % 2);
  }
  return members;
}

async function decompress(bytes: Uint8Array, where: Where): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressStream(once(bytes), detectCompression(bytes), where)) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
