import { chunkerMembers } from '../chunkers/mod.ts';
import { codecMembers } from '../codecs/mod.ts';
import { UsageError } from '../errors.ts';
import { fetcherMembers } from '../fetchers/mod.ts';
import { type PlacedError, placedAt } from '../grids.ts';
import { type Member, type Resolved, resolve } from '../ids.ts';
import { listed } from '../listed.ts';
import { packerMembers } from '../packers/mod.ts';
import { serialiserMembers } from '../serialisers/mod.ts';

/** A model's choice on each axis. */
export interface Choices {
  readonly serialiser: Resolved<(typeof serialiserMembers)[number]>;
  readonly chunker: Resolved<(typeof chunkerMembers)[number]>;
  readonly compressor: Resolved<(typeof codecMembers)[number]>;
  readonly packer: Resolved<(typeof packerMembers)[number]>;
  readonly fetcher: Resolved<(typeof fetcherMembers)[number]>;
}

/** As people are told them. */
const PARTS = ['serialiser', 'chunker', 'codec', 'packer', 'fetcher'] as const;
const EXAMPLE = 'catar|fastcdc:avg=64KiB|zstd:3|blob|range';

export function isDelivered({ compressor }: Choices): boolean {
  return compressor.member.name === 'delivered';
}

/** Parts of a chain that are right by themselves and not together. */
export class MisfitError extends UsageError {
  /** As people are told it. */
  override readonly name = 'UsageError';
}

/** Reads a chain; throws a MisfitError that says which two parts do not fit, and a PlacedError for all else that is wrong. */
export function resolveChain(text: string): { readonly id: string; readonly choices: Choices } {
  const parts = partsOf(text);
  const choice = <M extends Member>(axis: number, members: readonly M[]): Resolved<M> => {
    const { text: part, at } = parts[axis]!;
    try {
      return resolve(PARTS[axis]!, members, part);
    } catch (error) {
      throw error instanceof UsageError ? placedAt(error, at) : error;
    }
  };
  const choices: Choices = {
    serialiser: choice(0, serialiserMembers),
    chunker: choice(1, chunkerMembers),
    compressor: choice(2, codecMembers),
    packer: choice(3, packerMembers),
    fetcher: choice(4, fetcherMembers),
  };
  const misfit = misfits.find(({ holds }) => holds(choices));
  if (misfit) {
    const [one, other] = misfit.between.map((axis) => choices[axis].member.name);
    throw new MisfitError(
      `'${one}' and '${other}' are incompatible in '${text}'`,
      {},
      misfit.remedy,
    );
  }
  return {
    id: Object.values(choices)
      .map((choice: Resolved<Member>) => choice.id)
      .join('|'),
    choices,
  };
}

/** The five parts with the places where they begin; throws where there are more or fewer, or one is empty. */
function partsOf(text: string): readonly { readonly text: string; readonly at: number }[] {
  let begin = 0;
  const parts = text.split('|').map((part) => {
    const at = begin + part.length - part.trimStart().length;
    begin += part.length + 1;
    return { text: part.trim(), at };
  });
  const fault = (what: string, at: number): PlacedError => {
    const remedy = `give five parts: ${PARTS.join('|')}, such as ${EXAMPLE}`;
    return placedAt(new UsageError(`model '${text}' has ${what}`, {}, remedy), at);
  };
  const empty = parts.findIndex((part) => part.text === '');
  if (empty >= 0) throw fault('an empty part', parts[empty]!.at);
  const missing = PARTS.slice(parts.length);
  if (missing.length > 0) {
    throw fault(`${parts.length} parts: ${listed(missing)} missing`, text.length);
  }
  const more = parts[PARTS.length];
  if (more) throw fault(`${parts.length} parts: '${more.text}' is one too many`, more.at);
  return parts;
}

/** Two choices that cannot be made together. */
interface Misfit {
  readonly between: readonly [keyof Choices, keyof Choices];
  holds(choices: Choices): boolean;
  readonly remedy: string;
}

const isPacked = ({ packer }: Choices, name: string): boolean => packer.member.name === name;
/** Every stream is a layer of its own. */
const isLayered = (choices: Choices): boolean =>
  isPacked(choices, 'layers') || isPacked(choices, 'ztoc');

/** The first that holds is told. */
const misfits: readonly Misfit[] = [
  {
    between: ['serialiser', 'packer'],
    holds: (choices) => isLayered(choices) && choices.serialiser.member.streams === 'contents',
    remedy: "a file is no layer: pack as 'objects' or 'blob'",
  },
  {
    between: ['serialiser', 'packer'],
    holds: ({ serialiser, packer }) =>
      serialiser.member.streams === 'parts' && packer.member.partsBy === undefined,
    remedy: "parts make a layer together: pack as 'estargz', 'zstd-chunked' or 'offset-map'",
  },
  {
    between: ['serialiser', 'packer'],
    holds: ({ serialiser, packer }) =>
      serialiser.member.streams !== 'parts' && packer.member.partsBy !== undefined,
    remedy: "it packs layers that are divided at files: serialise as 'layer-files' or 'tar-files'",
  },
  {
    between: ['serialiser', 'packer'],
    holds: ({ serialiser, packer }) =>
      packer.member.namesFiles === true && Number(serialiser.values['least'] ?? 1) > 1,
    remedy: "a table of contents needs a frame for every file: serialise as 'tar-files:least=1'",
  },
  {
    between: ['compressor', 'packer'],
    holds: ({ compressor, packer }) =>
      compressor.member.isTrained === true &&
      (packer.member.name === 'layers' || packer.member.partsBy !== undefined),
    remedy: "whoever pulls a layer has no dictionary: compress by 'zstd', or pack as 'objects'",
  },
  {
    between: ['compressor', 'packer'],
    holds: ({ compressor, packer }) =>
      packer.member.partsBy !== undefined && packer.member.partsBy !== compressor.member.name,
    remedy: "'estargz' is of gzip, 'zstd-chunked' and 'offset-map' are of zstd",
  },
  {
    between: ['chunker', 'packer'],
    holds: (choices) => isLayered(choices) && choices.chunker.member.name !== 'whole',
    remedy: "a layer is one piece: chunk as 'whole', or pack as 'objects' or 'blob'",
  },
  {
    between: ['packer', 'fetcher'],
    holds: ({ packer, fetcher }) =>
      fetcher.member.name === 'range' && packer.member.isPlaced !== true,
    remedy: "ranges need blobs with an index: pack as 'blob' or 'packs', or fetch by 'get'",
  },
  {
    between: ['serialiser', 'packer'],
    holds: (choices) =>
      choices.serialiser.member.name === 'merkle-files' && !isPacked(choices, 'objects'),
    remedy: "directories are objects of a chunk store: pack as 'objects', or serialise as 'files'",
  },
  {
    between: ['serialiser', 'compressor'],
    holds: (choices) => isDelivered(choices) && choices.serialiser.member.name !== 'layers',
    remedy: "only 'layers' were delivered: name a codec such as zstd:3",
  },
  {
    between: ['compressor', 'packer'],
    holds: (choices) => isDelivered(choices) && !isLayered(choices),
    remedy: "delivered blobs stay layers: pack as 'layers' or 'ztoc', or name a codec",
  },
  {
    between: ['serialiser', 'packer'],
    holds: (choices) => isPacked(choices, 'ztoc') && choices.serialiser.member.name === 'catar',
    remedy: "a zTOC lists the files of a tar: pack as 'layers', or serialise as 'tar'",
  },
  {
    between: ['compressor', 'packer'],
    holds: ({ compressor, packer }) =>
      packer.member.name === 'ztoc' && !/^(delivered|gzip|none)$/.test(compressor.member.name),
    remedy: "a zTOC is of gzip or of nothing compressed: name 'delivered', 'gzip' or 'none'",
  },
];
