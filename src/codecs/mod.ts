import { createAdded, createNamedFamily, type Family } from '../family.ts';
import { type Member, type Parameter, resolve, type Values } from '../ids.ts';
import { limits } from '../limits.ts';
import { pieces } from '../streams/source.ts';
import { checkLength } from './bounds.ts';
import type { Codec } from './codec.ts';
import { holdToContract } from './contract.ts';
import { createDelivered } from './delivered.ts';
import { createGzip } from './gzip.ts';
import { asynchronous } from './read.ts';
import { createZstd } from './zstd.ts';
import { createZstdCodec } from './zstd-codec.ts';
import { createZstdDictionary } from './zstd-dictionary.ts';
import { createZstdSeekable } from './zstd-seekable.ts';

export interface CodecMember extends Member {
  /** Compresses by a dictionary of at most `size` bytes, trained on what a model stores. */
  readonly isTrained?: boolean;
  create(level: number, values: Values, dictionary?: Uint8Array): Codec | Promise<Codec>;
}

const level = (standard: number, maximum: number): Parameter => ({
  name: 'level',
  kind: 'integer',
  description: 'more is smaller and slower',
  default: standard,
  minimum: 1,
  maximum,
});

const none: Codec = {
  id: 'none',
  mediaTypeSuffix: '',
  compress: (bytes) => bytes,
  decompress: checkLength,
  steps: {
    compress: (content) => content,
    decompress: (stored) => asynchronous(pieces(stored)),
  },
};

/** Codecs. To add one: a file, and a row here. */
export const codecs: Family<CodecMember> = createNamedFamily('codec', [
  {
    name: 'delivered',
    title: "the image's own compressed layers; gzip level 6 where a provider built the layer",
    source: 'OCI image-spec, layer.md',
    parameters: [],
    create: createDelivered,
  },
  { name: 'none', title: 'stored as it is', source: '–', parameters: [], create: () => none },
  {
    name: 'gzip',
    title: "gzip with reference zlib's bytes",
    source: 'RFC 1952; zlib 1.3',
    parameters: [level(6, 9)],
    create: createGzip,
  },
  {
    name: 'zstd',
    title: 'zstd 1.5.7',
    source: 'RFC 8878',
    parameters: [level(3, 22)],
    create: (grade) => createZstd(grade),
  },
  {
    name: 'zstd-seekable',
    title: 'zstd 1.5.7, a frame every so many bytes, each read on its own',
    source: 'zstd, contrib/seekable_format; puzzlefs',
    parameters: [
      level(3, 22),
      {
        name: 'frame',
        kind: 'bytes',
        description: 'content of one frame',
        default: 4096,
        minimum: 512,
        maximum: 2 ** 30,
      },
    ],
    create: (grade, { frame }) => createZstdSeekable(grade, Number(frame)),
  },
  {
    name: 'zstd-dictionary',
    title: 'zstd 1.5.7 with a dictionary trained on the first image of a series',
    source: 'zstd, lib/dictBuilder/fastcover.c; Liao, Petri, Moffat, Wirth (WWW 2016)',
    parameters: [
      level(3, 22),
      {
        name: 'size',
        kind: 'bytes',
        description: 'most that the dictionary holds',
        // What zstd --train makes unless told.
        default: 112 << 10,
        minimum: 1 << 10,
        maximum: limits.dictionaryBytes,
      },
    ],
    isTrained: true,
    create: (grade, { size }, dictionary) => createZstdDictionary(grade, Number(size), dictionary),
  },
  {
    name: 'zstd-codec',
    title: 'zstd 1.3.6 of the npm package, pieces of a few MiB at most',
    source: 'npm zstd-codec 0.1.5',
    parameters: [level(3, 22)],
    create: createZstdCodec,
  },
]);

export const codecMembers: readonly CodecMember[] = codecs.members;

const created = new Map<string, Codec | Promise<Codec>>();

/**
 * The codec of an id, one instance a thread; one with a dictionary is made anew, from what the thread has. Throws a
 * UsageError for a wrong id.
 */
export async function createCodec(text: string, dictionary?: Uint8Array): Promise<Codec> {
  const resolved = resolve('codec', codecMembers, text);
  const { id, member, values } = resolved;
  const create = () => member.create(Number(values['level'] ?? 0), values, dictionary);
  const checked = () =>
    member.plugin ? createAdded('codec', resolved, create, holdToContract) : create();
  if (dictionary) return checked();
  const codec = created.get(id) ?? checked();
  created.set(id, codec);
  return codec;
}
