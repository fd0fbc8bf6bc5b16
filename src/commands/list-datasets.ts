import { type Dataset, listDatasets, loadDataset, unpinnedImages } from '../datasets/mod.ts';
import { formatNumber, plural } from '../format.ts';

const WIDTH = 100;

/** The shipped datasets for whoever looks for one: what each is, whether it is pinned, why it was chosen, how to cite it. */
export async function datasetLines(): Promise<readonly string[]> {
  const names = (await listDatasets()).map(({ id }) => id);
  const datasets = await Promise.all(names.map((name) => loadDataset(name)));
  return datasets.flatMap((dataset, index) => [...(index > 0 ? [''] : []), ...linesOf(dataset)]);
}

function linesOf(dataset: Dataset): readonly string[] {
  const { id, title, manifest } = dataset;
  const { why, license, citeAs, expectedSize, published = [] } = manifest;
  const facts = [
    stateOf(dataset),
    ...(expectedSize ? [`Size: ${expectedSize}.`] : []),
    `Why: ${why}`,
    ...(published.length > 0 ? [`Published: ${plural(published.length, 'figure')}.`] : []),
    `Licence: manifest ${license.manifest}; ${license.content}.`,
    `Cite: ${citeAs}.`,
  ];
  return [`  ${id}: ${title}`, ...facts.flatMap((fact) => wrap(fact))];
}

function stateOf(dataset: Dataset): string {
  const { images, pins } = dataset;
  const types = [...new Set(images.map(({ source }) => source.type))].join(', ');
  const count = `${plural(images.length, 'image')} (${types})`;
  if (unpinnedImages(dataset).length === 0) return `${count}, pinned.`;
  const state = pins.size === 0 ? 'not pinned' : `${formatNumber(pins.size)} of them pinned`;
  return `${count}, ${state}: the first fetch pins what is served then.`;
}

/** Lines of at most so many characters, broken at spaces, the later ones further in. */
function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '     ';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '       ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
