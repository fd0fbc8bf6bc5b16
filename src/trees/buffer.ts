/** The same memory. Text of several ranges of it is made without a view of each. No type of the package may name it: they need no types of Node. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
