import { type Measure, measures } from '../../measures/mod.ts';
import type { RunModel } from '../../results/run.ts';
import { groupBy } from '../group.ts';
import { familyOf, labelModels, lookOf } from '../models.ts';
import { kindsOf } from '../steps.ts';
import { withoutVainSums } from '../sums.ts';
import type { View } from '../view.ts';

/** The numbers of a run in columns, for the part of the page that filters and draws them: client/data.js has the shape. */

/** Models that are shown before anybody chooses: all but sweeps of chunk sizes, which would lead every chart. */
const MOST_SHOWN = 12;

type Column = 'measure' | 'image' | 'model' | 'client' | 'variant' | 'value';

export interface ExplorerData {
  readonly dataset: string;
  readonly method: number;
  readonly images: readonly { readonly id: string; readonly kind: string | null }[];
  readonly models: readonly ExplorerModel[];
  readonly measures: readonly Pick<Measure, 'name' | 'title' | 'unit' | 'better' | 'of' | 'doc'>[];
  readonly clients: readonly string[];
  readonly variants: readonly string[];
  /** A row is one value; all but `value` number an entry of the list of the same name. */
  readonly columns: Readonly<Record<Column, readonly number[]>>;
}

interface ExplorerModel {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  readonly shape: string;
  readonly dash: readonly number[];
  /** Choice on each axis; empty for models of external programs. */
  readonly choices: readonly string[];
  readonly isShown: boolean;
}

/** Without rows where no model has a number; none at all where nothing can be compared. */
export function explorerData(view: View): ExplorerData {
  const { dataset, images, models, method } = view.info;
  const kinds = kindsOf(view);
  const places = new Map(images.map(({ id }, place) => [id, place]));
  const numbers = new Map(models.map(({ id }, number) => [id, number]));
  const lists = { measure: new Numbered(), client: new Numbered(), variant: new Numbered() };
  let isComparable = false;
  const columns: Record<Column, number[]> = {
    measure: [],
    image: [],
    model: [],
    client: [],
    variant: [],
    value: [],
  };
  for (const {
    image,
    model,
    measure,
    client,
    value,
    link,
    workers,
    layer,
    program,
  } of withoutVainSums(view).values) {
    const [place, number] = [places.get(image), numbers.get(model)];
    if (typeof value !== 'number' || place === undefined || number === undefined) continue;
    if (!measures.has(measure)) continue;
    const variant =
      link ?? program ?? (workers === undefined ? undefined : `${workers} workers`) ?? '';
    columns.measure.push(lists.measure.numberOf(measure));
    columns.image.push(place);
    columns.model.push(number);
    columns.client.push(lists.client.numberOf(client));
    columns.variant.push(lists.variant.numberOf(layer === undefined ? variant : `layer ${layer}`));
    columns.value.push(value);
    isComparable ||= isCompared(measure, value);
  }
  const shown = shownModels(models);
  const labels = labelModels(models);
  return {
    dataset: `${dataset.id}@${dataset.digest}`,
    method,
    images: images.map(({ id }) => ({ id, kind: kinds.get(id) ?? null })),
    models: models.map((model) => ({
      id: model.id,
      name: labels.get(model.id)!,
      ...lookOf(model),
      choices: model.id.includes('|') ? model.id.split('|') : [],
      isShown: shown.has(model.id),
    })),
    measures: lists.measure.names.map((name) => {
      const { title, unit, better, of, doc } = measures.get(name)!;
      return { name, title, unit, better, of, doc } as ExplorerData['measures'][number];
    }),
    clients: lists.client.names,
    variants: lists.variant.names,
    columns: isComparable ? columns : NOTHING,
  };
}

const NOTHING = { measure: [], image: [], model: [], client: [], variant: [], value: [] };

/** False where no model is better by it: a length that stands for nothing, a yes or no. */
function isCompared(measure: string, value: number): boolean {
  return measures.get(measure)!.better !== 'neither' && value !== 0 && value !== 1;
}

function shownModels(models: readonly RunModel[]): ReadonlySet<string> {
  const chains = models.filter(({ alias, id }) => alias === undefined && id.includes('|'));
  const families = groupBy(chains, ({ id }) => familyOf(id).family);
  const swept = new Set([...families.values()].flatMap((own) => (own.length > 1 ? own : [])));
  const others = models.filter((model) => !swept.has(model));
  const shown = others.length > 0 ? others : models;
  return new Set(shown.slice(0, MOST_SHOWN).map(({ id }) => id));
}

class Numbered {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}
