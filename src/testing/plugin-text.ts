/** Plug-ins as text, as their authors write them. */

/** A member of every family, all of them sound; its file is to be called `every.ts`. */
export const everyFamily = `
import { createHash } from 'node:crypto';
import type { PluginMaker } from 'ocibench';

const about = { title: 'of a test', source: 'this file', parameters: [] };
const keeps = { mtime: 'nanoseconds', hardlinks: true, xattrs: true, devices: true, sparse: false, ownerNames: true, whiteouts: false } as const;
const sum = (numbers: Float64Array): number => numbers.reduce((total, one) => total + one, 0);
const digestOf = (bytes: Uint8Array): Uint8Array => createHash('md5').update(bytes).digest();

const make: PluginMaker = ({ applyLayers, chartOf, labelModels, MemorySource, modelChannels, readAll, verdict }) => ({
  chunkers: [
    {
      ...about,
      name: 'halves',
      contentDefined: false,
      algorithm: () => ({
        shortest: 1,
        longest: Number.POSITIVE_INFINITY,
        reference: (bytes, start) => Math.ceil((bytes.length - start) / 2),
      }),
    },
  ],
  codecs: [
    {
      ...about,
      name: 'turned',
      create: () => ({
        id: '',
        mediaTypeSuffix: '',
        compress: (bytes) => Uint8Array.of(...digestOf(bytes), ...bytes.map((byte) => byte ^ 0xff)),
        decompress(bytes, length) {
          const content = bytes.subarray(16).map((byte) => byte ^ 0xff);
          const isWhole = content.length === length && Buffer.compare(digestOf(content), bytes.subarray(0, 16)) === 0;
          if (!isWhole) throw new Error('damaged');
          return content;
        },
      }),
    },
  ],
  serialisers: [
    {
      ...about,
      name: 'own-layers',
      streams: 'archives',
      create: () => ({
        id: '',
        fidelity: keeps,
        serialise: ({ layers }) => ({ streams: layers.map(({ tar }, layer) => ({ bytes: tar, layer })) }),
        restore: (streams) => applyLayers(streams),
      }),
    },
  ],
  packers: [
    {
      ...about,
      name: 'own-objects',
      create: () => ({
        id: '',
        pack: ({ objects, streams }) => {
          const bytes = new TextEncoder().encode(JSON.stringify({
            digests: Buffer.from(objects.digests).toString('hex'),
            lengths: [...objects.lengths],
            streams: streams.map((stream) => [...stream.objects]),
          }));
          const digest = 'sha256:' + createHash('sha256').update(bytes).digest('hex');
          const descriptor = { mediaType: 'application/json', digest, size: bytes.length };
          return { layers: [{ role: 'metadata', descriptor, bytes: new MemorySource(bytes) }], loose: true };
        },
        open({ layers, store }) {
          const { digests, lengths, streams } = JSON.parse(new TextDecoder().decode(readAll(store.blob(layers[0]!.digest))));
          const all = new Uint8Array(Buffer.from(digests, 'hex'));
          return {
            objects: { count: lengths.length, digests: all, lengths: Float64Array.from(lengths) },
            stored: (number) => store.object(digests.slice(64 * number, 64 * number + 64)),
            streams: streams.map((numbers: number[]) => Uint32Array.from(numbers)),
            root: undefined,
          };
        },
      }),
    },
  ],
  fetchers: [
    {
      ...about,
      name: 'all-at-once',
      fetcher: {
        rounds({ layers, objects }, held) {
          const blobs = layers.filter(({ digest }) => !held.blobs.has(digest));
          const loose = Array.from(objects.stored, (bytes, number) => ({ bytes, number }));
          return [[
            ...blobs.map(({ digest, role, size }) => ({ kind: 'blob', digest, role, bytes: size }) as const),
            ...loose
              .filter(({ number }) => held.objects.find(objects.digests, 32 * number) < 0)
              .map(({ bytes, number }) => ({
                kind: 'object',
                digest: 'sha256:' + Buffer.from(objects.digests.subarray(32 * number, 32 * number + 32)).toString('hex'),
                role: 'content',
                bytes,
              }) as const),
          ]];
        },
      },
    },
  ],
  models: [
    { alias: 'every', chain: 'own-layers|halves|turned|own-objects|all-at-once', title: 'of a test', source: 'this file' },
  ],
  measures: [
    {
      name: 'every.mean_object',
      title: 'Mean stored object',
      unit: 'bytes',
      better: 'neither',
      exact: true,
      of: 'packed image',
      kind: 'mean',
      doc: 'Stored bytes of objects ÷ objects.',
      part: () => ({ add: ({ own: { objects } }) => (objects.count > 0 ? sum(objects.stored) / objects.count : undefined) }),
    },
  ],
  charts: [
    (view) => {
      const labels = labelModels(view.info.models);
      const data = view.of('every.mean_object').map(({ image, model, value }) => ({
        image,
        model: labels.get(model)!,
        value: Number(value),
        description: image + ' ' + value,
      }));
      return chartOf(view, data, {
        name: 'every-mean',
        title: 'Mean object',
        question: 'How long is an object?',
        subtitle: 'Bytes',
        caption: 'Stored bytes ÷ objects.',
        body: {
          data: { values: data },
          mark: 'point',
          encoding: {
            x: { field: 'image', type: 'ordinal' },
            y: { field: 'value', type: 'quantitative' },
            ...modelChannels(view, data),
          },
        },
      });
    },
  ],
  experiments: [
    {
      name: 'every-experiment',
      isOfAnyStep: true,
      title: 'Is there an object?',
      claims: 'X1',
      packed: ['every', 'tar-zstd'],
      swept: [],
      verdict: ({ images }) => [verdict.remark('Images: ' + images.length + '.')],
    },
  ],
});

export default make;
`;

/** A chunker of one parameter set, by its rule. */
export function chunkerText(name: string, reference: string): string {
  return `export default { chunkers: [{ name: '${name}', title: 't', source: 's', parameters: [],
    contentDefined: false, algorithm: () => ({ shortest: 0, longest: Infinity, reference: ${reference} }) }] };`;
}

/** A measure, by the code of its part. */
export function measureText(name: string, part: string): string {
  return `export default { measures: [{ name: '${name}', title: 't', unit: 'count', better: 'less',
    exact: true, of: 'packed image', doc: 'd', part: ${part} }] };`;
}
