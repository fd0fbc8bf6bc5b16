import { type Way, wayOfModel } from '../../access/mod.ts';
import { formatBytes, formatNumber } from '../../format.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, text } from './cells.ts';
import type { Cell, Column, Table } from './table.ts';

const QUESTIONS = [
  ['list', 'List all paths'],
  ['prove_file', 'Prove the file'],
  ['read_file', 'Read it'],
  ['package', 'Prove the package'],
] as const;

/** How a client finds paths, in words; of models of external programs nobody walks the files. */
const WAYS: Readonly<Record<Way, string>> = {
  everything: 'all of it',
  index: 'index',
  directories: 'directory objects',
  tables: 'tables of directories',
  'layer-indexes': 'indexes of long layers',
  'file-system': 'tables of the file system',
};
const NOT_WALKED = 'not walked: counts whole';

/** What a client that holds nothing fetches to see into an image, a row a model. */
export function transparencyTable(view: View): Table {
  const models = modelCells(view);
  const proofs = view.of('transparency.prove_file_bytes');
  const order = view.info.images.map(({ id }) => id);
  const columnsOf = ([question, title]: (typeof QUESTIONS)[number]): readonly Column[] => [
    number(title, `transparency.${question}_bytes`),
    number('in requests · round trips', `transparency.${question}_requests, …_round_trips`),
  ];
  return {
    id: 'transparency',
    title: 'What it takes to see into the image',
    note: 'What a client that holds nothing fetches: bytes, requests and round trips; of each image, models that prove the file with the fewest bytes first. The findings name file and package. Paths by: what a client reads to find a path, which of models of other formats may be metadata as ocibench writes it; of a model that is not walked, figures are those of the whole image, an upper bound (METHODS.md, Transparency).',
    columns: [{ title: 'Image' }, MODEL, { title: 'Paths by' }, ...QUESTIONS.flatMap(columnsOf)],
    rows: proofs
      .toSorted(
        (a, b) =>
          order.indexOf(a.image) - order.indexOf(b.image) || Number(a.value) - Number(b.value),
      )
      .map(({ image, model }) => [
        text(image),
        models.get(model) ?? text(model),
        text(wayTextOf(model)),
        ...QUESTIONS.flatMap(([question]): readonly Cell[] => {
          const of = (unit: string): number | undefined =>
            view.number(image, model, `transparency.${question}_${unit}`);
          const [bytes, requests, trips] = [of('bytes'), of('requests'), of('round_trips')];
          const both = [requests, trips].map((count) => formatNumber(count ?? 0)).join(' · ');
          return [numeric(bytes, formatBytes), numeric(requests, () => both)];
        }),
      ]),
  };
}

/** Files that packages do not account for, or not verbatim: the largest, as the findings have them. */
export function unaccountedTable({ verdict }: View): Table {
  const figures = (verdict?.observed ?? []).flatMap((finding) => finding.figures);
  const files = figures.filter(({ parameters }) => parameters['file'] !== undefined);
  return {
    id: 'unaccounted',
    title: 'Files that packages do not account for',
    note: 'The largest of each image, at most 20 that no package names, and at most 20 whose content is not verbatim what a package says, with the reason (METHODS.md, Transparency).',
    columns: [{ title: 'Image' }, { title: 'File' }, { title: 'Why' }, number('Length')],
    rows: files.map(({ step, parameters, value }) => [
      text(step),
      text(`/${parameters['file']}`),
      text(String(parameters['of'])),
      numeric(value, formatBytes),
    ]),
  };
}

/** Serialisers whose metadata is in the root of ocibench, whatever format their chunks are of. */
const OWN_ROOT = /^(files|stream|merkle-files)\b/;

function wayTextOf(model: string): string {
  const way = wayOfModel(model);
  if (way === undefined) return NOT_WALKED;
  const isOwn = way !== 'everything' && OWN_ROOT.test(model);
  return isOwn ? `${WAYS[way]}, ocibench's` : WAYS[way];
}
