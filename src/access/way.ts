import type { Choices } from '../models/choices.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';

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
  | 'layer-indexes';

export function isChain({ id }: Model): boolean {
  return id.includes('|');
}

/** As METHODS.md has it, "Transparency". */
export function wayOf({ serialiser, packer }: Choices, { layerIndexes }: Inventory): Way {
  if (packer.member.name === 'layers') return 'everything';
  if (packer.member.name === 'ztoc') return layerIndexes ? 'layer-indexes' : 'everything';
  switch (serialiser.member.name) {
    case 'files':
    case 'stream':
      return 'index';
    case 'merkle-files':
      return 'directories';
    case 'catar':
      return 'tables';
    default:
      return packer.member.namesFiles ? 'index' : 'everything';
  }
}
