import type { Choices } from '../models/choices.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { type PackerMember, packers } from '../packers/mod.ts';
import { serialisers } from '../serialisers/mod.ts';

/** How a client finds paths. */
export type Way =
  /** It does not: paths are known once everything is there. */
  | 'everything'
  /** One index has all paths, and says which objects each content lies in. */
  | 'index'
  /** Every directory is an object that names those below it. */
  | 'directories'
  /** Of a catar: tables at the ends of directories. */
  | 'tables'
  /** An index for each long layer, of its paths and of parts to read. */
  | 'layer-indexes'
  /** A file system: its superblock leads to tables behind all contents, and these to blocks. */
  | 'file-system';

export function isChain({ id }: Pick<Model, 'id'>): boolean {
  return id.includes('|');
}

/**
 * As METHODS.md has it, "Transparency". An offset map names contents by digest, no paths: the file system that has them is
 * made by the client from all of the tar (composefs-rs, crates/composefs-oci/src/incremental_pulls_spec.rs, "Offset Map" and
 * "Layer Format").
 */
export function wayOf(
  { serialiser, packer }: Choices,
  { layerIndexes }: Pick<Inventory, 'layerIndexes'>,
): Way {
  return wayByNames(serialiser.member.name, packer.member, layerIndexes !== undefined);
}

function wayByNames(
  serialiser: string,
  { name, namesFiles = false }: Pick<PackerMember, 'name' | 'namesFiles'>,
  hasLayerIndexes: boolean,
): Way {
  if (name === 'layers') return 'everything';
  if (name === 'ztoc') return hasLayerIndexes ? 'layer-indexes' : 'everything';
  switch (serialiser) {
    case 'files':
    case 'stream':
      return 'index';
    case 'merkle-files':
      return 'directories';
    case 'catar':
      return 'tables';
    default:
      return namesFiles ? 'index' : 'everything';
  }
}

/** Of models of external programs, those whose images are walked. @param id canonical */
export function isWalked(id: string): boolean {
  return /^squashfs:.*\bcodec=gzip\b/.test(id);
}

/**
 * The way of a model whatever the image: layers may be too short for an index. undefined of other models of external programs,
 * whose files are not walked here, and where a member is not known.
 *
 * @param id canonical
 */
export function wayOfModel(id: string): Way | undefined {
  if (isWalked(id)) return 'file-system';
  const [serialiser, , , packer] = id.split('|').map((part) => part.split(':')[0]!);
  const member = packers.members.find(({ name }) => name === packer);
  if (!member || serialisers.members.every(({ name }) => name !== serialiser)) return undefined;
  return wayByNames(serialiser!, member, true);
}

/**
 * Whether the manifest leads to the digest of the index, so that what the index says is proven without what it is about.
 * The chain's index at the tail of a blob has no digest of its own; of the formats that such a chain stands for,
 *
 * - RAFS has one: its bootstrap, with the digest of each chunk of each file, is a layer of its own (dragonflyoss/nydus,
 *   docs/nydus-design.md, "2. Image Manifest" and "2. Rafs Inode", `block_id`). The tail is taken to be that layer; what its
 *   descriptor adds to the manifest, some 200 bytes, is not counted;
 * - zchunk has a checksum of its header and of each chunk (zchunk_format.txt, "The lead", "The index"), and zsync one of the
 *   whole file, with MD4 cut short of each block (zsync 0.6, `SHA-1` and `Hash-Lengths` of the control file). Both are of a
 *   tar: nobody knows which chunks a path lies in until all are there;
 * - a catar in one blob has none: casync keeps its index apart.
 */
export function isIndexProven({ serialiser, packer }: Choices): boolean {
  return packer.member.name !== 'blob' || serialiser.member.name === 'files';
}
