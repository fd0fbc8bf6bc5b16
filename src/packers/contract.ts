import { createHash } from 'node:crypto';
import { PluginError } from '../errors.ts';
import { ofPlugin } from '../family.ts';
import type { Member } from '../ids.ts';
import { listed } from '../listed.ts';
import { hashSource } from '../streams/source.ts';
import { sha256 } from './blobs.ts';
import { blobsOf, type Packer, type PackInput, type PackOutput } from './packer.ts';

/**
 * The laws of every packer beyond restoring, which every cell is held to: the same bytes each time, input untouched, places
 * that are there. Returns what is broken, in words.
 */
export function packerFaults(packer: Packer, input: PackInput): readonly string[] {
  const before = digestOf(input);
  const output = packer.pack(input);
  const again = packer.pack(input);
  return [
    ...(digestOf(input) === before ? [] : ['alters its input']),
    ...(namesOf(output) === namesOf(again) ? [] : ['packs otherwise the second time']),
    ...outputFaults(output, input),
  ];
}

function outputFaults({ layers, placement }: PackOutput, { objects }: PackInput): string[] {
  const faults: string[] = [];
  const isTrue = layers.every(
    ({ descriptor, bytes }) =>
      descriptor.size === bytes.length && descriptor.digest === `sha256:${sha256(bytes)}`,
  );
  if (!isTrue) faults.push('describes blobs that it did not make');
  if (!placement) return faults;
  const { layers: numbers, offsets, indexLengths } = placement;
  if (numbers.length !== objects.count || offsets.length !== objects.count) {
    faults.push('places other objects than it was given');
  }
  if (indexLengths.length !== layers.length) faults.push('tells indexes of other layers');
  const isWithin = Array.from(offsets).every(
    (offset, number) => offset < (layers[numbers[number]!]?.bytes.length ?? -1) || offset <= 0,
  );
  if (!isWithin) faults.push('places objects outside of their layer');
  return faults;
}

/** A packer whose first image in this thread is held to the contract; for those that the suite does not hold to it. */
export function heldPacker(packer: Packer, member: Member): Packer {
  let isHeld = false;
  return {
    id: packer.id,
    pack(input) {
      if (!isHeld) {
        const faults = packerFaults(packer, input);
        ofPlugin(member, () => {
          if (faults.length > 0) throw fault(packer, faults);
        });
        isHeld = true;
      }
      return packer.pack(input);
    },
    open: (input) => packer.open(input),
  };
}

function fault({ id }: Packer, faults: readonly string[]): PluginError {
  return new PluginError(
    `packer '${id}' breaks its contract: ${listed(faults)}`,
    {},
    'fix the member: src/packers/packer.ts states what it promises',
  );
}

function digestOf({ objects, stored, root }: PackInput): string {
  const hash = createHash('sha256').update(objects.digests);
  hashSource(stored.bytes, hash);
  for (const numbers of [objects.lengths, stored.lengths])
    hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  return hash.update(root ?? '').digest('hex');
}

function namesOf(output: PackOutput): string {
  const config = output.layers[0];
  const blobs = config ? blobsOf({ config, output }) : [];
  return blobs.map(({ descriptor }) => JSON.stringify(descriptor)).join('\n');
}
