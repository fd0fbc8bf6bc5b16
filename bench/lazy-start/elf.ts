/** What the kernel reads of a program before it runs (elf(5), execve(2)). */
export interface Program {
  /** Path of the loader or interpreter; absent of a static program. */
  readonly interpreter?: string;
  /** What is mapped, [offset, length] in the file. */
  readonly mapped: readonly (readonly [offset: number, length: number])[];
  /** What is read: bytes from the start. */
  readonly readBytes: number;
}

/** The kernel reads as much of a file to see what it is (BINPRM_BUF_SIZE). */
const LOOK_BYTES = 256;
const LOADED = 1;
const INTERPRETER = 3;

/** Of a script or a 64-bit little-endian ELF file; undefined of anything else. */
export function readProgram(bytes: Uint8Array): Program | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readBytes = Math.min(LOOK_BYTES, text.length);
  if (text.subarray(0, 2).toString('latin1') === '#!') {
    const [first = ''] = text.subarray(2, readBytes).toString('latin1').split('\n');
    const [interpreter = ''] = first.trim().split(/[ \t]/);
    return { interpreter, mapped: [], readBytes };
  }
  const isElf = text.subarray(0, 6).equals(Buffer.from('\x7fELF\x02\x01', 'latin1'));
  if (!isElf) return undefined;
  const [tableOffset, entryBytes, count] = [
    Number(text.readBigUInt64LE(32)),
    text.readUInt16LE(54),
    text.readUInt16LE(56),
  ];
  const parts = Array.from({ length: count }, (_, number) => {
    const at = tableOffset + number * entryBytes;
    const type = text.readUInt32LE(at);
    const offset = Number(text.readBigUInt64LE(at + 8));
    return { type, offset, length: Number(text.readBigUInt64LE(at + 32)) };
  });
  const named = parts.find(({ type }) => type === INTERPRETER);
  const mapped = parts
    .filter(({ type, length }) => type === LOADED && length > 0)
    .map(({ offset, length }) => [offset, length] as const);
  const table = tableOffset + count * entryBytes;
  if (!named) return { mapped, readBytes: Math.max(readBytes, table) };
  const end = named.offset + named.length;
  // The path ends in a zero byte.
  const interpreter = text.subarray(named.offset, end - 1).toString('latin1');
  return { interpreter, mapped, readBytes: Math.max(readBytes, table, end) };
}
