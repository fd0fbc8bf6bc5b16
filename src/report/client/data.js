/**
 * The figures of a run in columns, as the page holds them. A row is one value; every column but `value` numbers an entry of the
 * list of the same name.
 *
 * @typedef {{ id: string, kind: string | null }} Image `kind` is that of the step to it
 * @typedef {{ id: string, name: string, colour: string, shape: string, dash: number[], choices: string[], isShown: boolean }} Model
 * @typedef {{ name: string, title: string, unit: string, better: 'less' | 'more' | 'neither', of: string, doc: string }} Measure
 * @typedef {{
 *   dataset: string, method: number, images: Image[], models: Model[], measures: Measure[], clients: string[], variants: string[],
 *   columns: { measure: number[], image: number[], model: number[], client: number[], variant: number[], value: number[] },
 * }} Data
 * @typedef {{ image: number, model: number, value: number }} Figure
 */

/** Axes of a model, in the order of its chain. */
export const AXES = ['serialise', 'chunk', 'compress', 'pack', 'fetch'];

/**
 * Rows of each measure, client and variant.
 * @param {Data} data
 * @returns {Map<string, Figure[]>} by {@link keyOf}
 */
export function indexOf({ columns, measures, clients, variants }) {
  /** @type {Map<string, Figure[]>} */
  const index = new Map();
  columns.value.forEach((value, row) => {
    const key = keyOf(
      measures[columns.measure[row]].name,
      clients[columns.client[row]],
      variants[columns.variant[row]],
    );
    const figure = { image: columns.image[row], model: columns.model[row], value };
    const figures = index.get(key);
    if (figures) figures.push(figure);
    else index.set(key, [figure]);
  });
  return index;
}

/**
 * @param {string} measure
 * @param {string} client
 * @param {string} variant
 */
export function keyOf(measure, client, variant) {
  return [measure, client, variant].join('\n');
}

/**
 * Clients and variants that a measure has values for, in the order of the run.
 * @param {Map<string, Figure[]>} index
 * @param {string} measure
 * @returns {{ clients: string[], variants: string[] }}
 */
export function choicesOf(index, measure) {
  const keys = [...index.keys()].map((key) => key.split('\n')).filter(([name]) => name === measure);
  return {
    clients: [...new Set(keys.map(([, client]) => client))],
    variants: [...new Set(keys.map(([, , variant]) => variant))],
  };
}

/**
 * One model in one group of steps: a mean over steps of one kind, or the last of a sum over the series.
 * @typedef {{ model: number, value: number, values: { image: number, value: number }[] }} Standing
 * `base` is the baseline's, whether it is shown or not.
 * @typedef {{ title: string, images: number[], standings: Standing[], base: Standing | undefined }} Group
 */

/**
 * False of a step that nobody pulls.
 *
 * @param {string} kind
 */
export function isPulled(kind) {
  return kind !== 'return' && kind !== 'start';
}

/**
 * A group for each kind of step; of sums over the series one, at the last image. A model that lacks a step of a kind is left
 * out there: its mean would be of other steps. Edits have no mean, each is a group of its own; returns to the image before
 * an edit are in no group.
 *
 * @param {Data} data
 * @param {Figure[]} figures
 * @param {Measure} measure
 * @param {Set<number>} models
 * @param {number} [baseline]
 * @returns {Group[]}
 */
export function groupsOf({ images }, figures, measure, models, baseline) {
  const shown = figures.filter(({ model }) => models.has(model) || model === baseline);
  return groupsWith(images, figures, measure, shown).map((one) => ({
    ...one,
    base: one.standings.find(({ model }) => model === baseline),
    standings: one.standings.filter(({ model }) => models.has(model)),
  }));
}

/**
 * @param {Data['images']} images
 * @param {Figure[]} figures
 * @param {Measure} measure
 * @param {Figure[]} shown
 * @returns {Group[]}
 */
function groupsWith(images, figures, measure, shown) {
  const reached = new Set(figures.map(({ image }) => image));
  const all = images.map((_, image) => image).filter((image) => reached.has(image));
  if (all.length === 0) return [];
  const last = /** @type {number} */ (all.at(-1));
  if (measure.of === 'series so far') {
    return [group(`up to ${images[last].id}`, [last], shown)];
  }
  if (measure.of !== 'transfer' && measure.of !== 'step') {
    return [group(all.length === 1 ? images[last].id : `mean of ${all.length} images`, all, shown)];
  }
  const kinds = [...new Set(all.map((image) => images[image].kind ?? 'first image'))].filter(
    isPulled,
  );
  const order = ['update', 'release', 'version', 'rebuild', 'edit', 'first image'];
  kinds.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return kinds.flatMap((kind) => {
    const own = all.filter((image) => (images[image].kind ?? 'first image') === kind);
    if (kind === 'edit' || kind === 'unknown') {
      return own.map((image) => group(`${kind}: ${images[image].id}`, [image], shown));
    }
    const title = own.length === 1 ? `the one ${kind}` : `per ${kind}, mean of ${own.length}`;
    return [group(kind === 'first image' ? kind : title, own, shown)];
  });
}

/**
 * @param {string} title
 * @param {number[]} images
 * @param {Figure[]} figures
 * @returns {Group}
 */
function group(title, images, figures) {
  const wanted = new Set(images);
  /** @type {Map<number, { image: number, value: number }[]>} */
  const byModel = new Map();
  for (const { image, model, value } of figures) {
    if (!wanted.has(image)) continue;
    byModel.set(model, [...(byModel.get(model) ?? []), { image, value }]);
  }
  const standings = [...byModel]
    .filter(([, values]) => values.length === images.length)
    .map(([model, values]) => ({
      model,
      value: values.reduce((sum, { value }) => sum + value, 0) / values.length,
      values,
    }));
  return { title, images, standings, base: undefined };
}

/**
 * Models whose values are the same at every image: where one of them is drawn, the others lie beneath.
 * @param {Group} group
 * @returns {number[][]}
 */
export function coinciding({ standings }) {
  /** @type {Map<string, number[]>} */
  const same = new Map();
  for (const { model, values } of standings) {
    const key = values.map(({ image, value }) => `${image} ${value}`).join(' ');
    same.set(key, [...(same.get(key) ?? []), model]);
  }
  return [...same.values()].filter((models) => models.length > 1);
}

/**
 * Those that no other is better than in one and as good in the other.
 * @template {{ x: number, y: number }} P
 * @param {readonly P[]} points
 * @param {boolean} lessX true where less is better
 * @param {boolean} lessY
 * @returns {P[]}
 */
export function frontOf(points, lessX, lessY) {
  const [signX, signY] = [lessX ? 1 : -1, lessY ? 1 : -1];
  const sorted = [...points].sort((a, b) => signX * (a.x - b.x) || signY * (a.y - b.y));
  /** @type {P[]} */
  const front = [];
  for (const point of sorted) {
    const best = front.at(-1);
    if (!best || signY * point.y < signY * best.y || (point.x === best.x && point.y === best.y)) {
      front.push(point);
    }
  }
  return front;
}
