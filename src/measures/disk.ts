/** Block of the file systems in common use (ext4, XFS, Btrfs, EROFS): a file occupies whole blocks. Bytes. */
export const BLOCK_BYTES = 4096;

/** Bytes that a file of this length occupies. */
export function roundUp(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
