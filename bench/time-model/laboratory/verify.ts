import { VerificationError } from '../../../src/errors.ts';
import type { Request } from '../../../src/fetchers/fetcher.ts';
import { sha256 } from '../../../src/packers/blobs.ts';
import type { Packed, Store } from '../../../src/packers/packer.ts';
import { memoryStore } from '../../../src/packers/store.ts';
import { type ByteSource, MemorySource, readAll } from '../../../src/streams/source.ts';
import type { Pulled } from './client.ts';
import type { Part } from './multipart.ts';

/** Holds all that came against what was packed. Throws a VerificationError that names what differs. */
export function verifyPulled(
  plan: readonly (readonly Request[])[],
  answers: Pulled['answers'],
  packed: Packed,
): void {
  const store = memoryStore(packed);
  const manifest = `sha256:${sha256(packed.manifest)}`;
  // The manifest is a blob too, for a client.
  const all: Store = {
    ...store,
    blob: (digest) =>
      digest === manifest ? new MemorySource(packed.manifest) : store.blob(digest),
  };
  for (const [index, requests] of plan.entries()) {
    for (const [number, request] of requests.entries()) {
      verifyAnswer(request, answers[index]?.[number] ?? [], all);
    }
  }
}

export function verifyAnswer(request: Request, parts: readonly Part[], store: Store): void {
  const { kind, digest, ranges } = request;
  const whole = (): ByteSource =>
    kind === 'object' ? store.object(digest.slice('sha256:'.length)) : store.blob(digest);
  const expected = ranges
    ? ranges.map(({ offset, length }) => ({ offset, bytes: store.range(digest, offset, length) }))
    : [{ offset: 0, bytes: whole() }];
  const isSame = expected.every(({ offset, bytes }, index) => {
    const part = parts[index];
    return part?.offset === offset && Buffer.compare(part.bytes, readAll(bytes)) === 0;
  });
  if (isSame && parts.length === expected.length) return;
  throw new VerificationError(`other bytes came for ${kind} ${digest} than were packed`);
}
