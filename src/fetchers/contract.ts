import { BenchError, PluginError, reasonOf } from '../errors.ts';
import { digestAt } from '../packers/blobs.ts';
import { blobsOf, type Inventory } from '../packers/inventory.ts';
import { type Fetcher, type Held, lackedLayers, type Request } from './fetcher.ts';

/**
 * The laws of every fetcher: it asks for what the registry has, within its bounds, never for what the client holds, and for
 * no less than the client lacks. Returns what is broken, in words.
 */
export function fetcherFaults(
  rounds: readonly (readonly Request[])[],
  inventory: Inventory,
  held: Held,
): readonly string[] {
  const faults = new Set<string>();
  const sizes = new Map(blobsOf(inventory).map(({ digest, size }) => [digest, size]));
  const objects = objectsOf(inventory);
  for (const request of rounds.flat()) {
    const { kind, digest, bytes, role } = request;
    if (role !== 'content' && role !== 'metadata') faults.add(`has the role '${String(role)}'`);
    if (!(Number.isSafeInteger(bytes) && bytes >= 0)) faults.add(`counts ${bytes} bytes`);
    if (kind === 'object') {
      if (objects.get(digest) !== bytes) faults.add('asks for objects that are not there');
      else if (isHeld(held, digest)) faults.add('asks for objects that the client holds');
    } else if (!sizes.has(digest)) faults.add('asks for blobs that are not there');
    else if (held.blobs.has(digest)) faults.add('asks for blobs that the client holds');
    else if (!fits(request, sizes.get(digest)!)) faults.add('asks for more than a blob has');
  }
  const asked = new Set(rounds.flat().map(({ digest }) => digest));
  if (lackedObjects(inventory, held, objects).some((digest) => !asked.has(digest))) {
    faults.add('leaves objects that the client lacks');
  }
  const isWhole = !inventory.placement && !inventory.layerIndexes && !inventory.deltas;
  if (isWhole && lackedLayers(inventory, held).some(({ digest }) => !asked.has(digest))) {
    faults.add('leaves blobs that the client lacks');
  }
  return [...faults];
}

/** A fetcher each of whose answers is held to the contract; for those that the suite does not hold to it. */
export function heldFetcher(id: string, fetcher: Fetcher): Fetcher {
  return {
    rounds(inventory, held, values) {
      let rounds: readonly (readonly Request[])[];
      let faults: readonly string[];
      try {
        rounds = fetcher.rounds(inventory, held, values);
        faults = fetcherFaults(rounds, inventory, held);
      } catch (cause) {
        if (cause instanceof BenchError) throw cause;
        throw fault(id, `fails: ${reasonOf(cause)}`, cause);
      }
      if (faults.length > 0) throw fault(id, faults.join(', '));
      return rounds;
    },
  };
}

function fault(id: string, what: string, cause?: unknown): PluginError {
  return new PluginError(
    `fetcher '${id}' breaks its contract: ${what}`,
    {},
    'fix the member: src/fetchers/fetcher.ts states what it promises',
    { cause },
  );
}

/** Digest of each loose object → stored bytes. */
function objectsOf({ loose, objects }: Inventory): ReadonlyMap<string, number> {
  if (!loose) return new Map();
  return new Map(
    Array.from(objects.stored, (bytes, number) => [`sha256:${digestAt(objects, number)}`, bytes]),
  );
}

function lackedObjects(
  { config }: Inventory,
  held: Held,
  objects: ReadonlyMap<string, number>,
): readonly string[] {
  return [...objects.keys()].filter((digest) => digest !== config.digest && !isHeld(held, digest));
}

function isHeld({ objects }: Held, digest: string): boolean {
  return objects.find(Buffer.from(digest.slice('sha256:'.length), 'hex'), 0) >= 0;
}

/** A range is asked for in order; bytes of a gap between two may count. */
function fits({ ranges, bytes }: Request, size: number): boolean {
  if (!ranges) return bytes === size;
  let end = 0;
  for (const { offset, length } of ranges) {
    if (!(offset >= end && length > 0)) return false;
    end = offset + length;
  }
  return end <= size && bytes <= size;
}
