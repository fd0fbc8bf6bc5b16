import { createHash } from 'node:crypto';

/** Identity of an image's content, whatever compressed it. */
export function imageDigest(diffIds: readonly string[]): string {
  return `sha256:${createHash('sha256').update(diffIds.join('\n')).digest('hex')}`;
}
