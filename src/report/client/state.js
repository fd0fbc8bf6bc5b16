/**
 * What the reader chose, and nothing else: it stands in the fragment of the address, so that a link shows the same.
 *
 * @typedef {{
 *   view: string, measure: string, client: string, variant: string, x: string, y: string, kind: string, baseline: string,
 *   scale: string, find: string, sort: string, models: string[] | null, choices: string[], brush: string[],
 * }} State `models` by id, null for those that are shown first; `choices` are `axis=choice`; `brush` is an interval over the
 *   chart with this title: title, then its ends across and up, in units of the axes
 */

/** @type {State} */
export const INITIAL = {
  view: 'bars',
  measure: '',
  client: '',
  variant: '',
  x: '',
  y: '',
  kind: '',
  baseline: '',
  scale: 'linear',
  find: '',
  sort: '',
  models: null,
  choices: [],
  brush: [],
};

const LISTS = ['models', 'choices', 'brush'];

/**
 * @param {string} fragment with or without `#`; one without `=` is the name of a heading
 * @returns {State}
 */
export function readState(fragment) {
  /** @type {Record<string, unknown>} */
  const state = { ...INITIAL };
  const text = fragment.replace(/^#/, '');
  if (!text.includes('=')) return /** @type {State} */ (state);
  for (const part of text.split('&')) {
    const [name, ...rest] = part.split('=');
    const value = rest.join('=');
    if (LISTS.includes(name)) state[name] = value === '' ? [] : value.split(',').map(decoded);
    else if (Object.hasOwn(INITIAL, name)) state[name] = decoded(value);
  }
  return /** @type {State} */ (state);
}

/**
 * Of what differs from the beginning alone.
 * @param {State} state
 */
export function writeState(state) {
  const entries = /** @type {[keyof State, string | string[] | null][]} */ (Object.entries(state));
  return entries
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(INITIAL[name]))
    .map(([name, value]) => `${name}=${[value ?? ''].flat().map(encoded).join(',')}`)
    .join('&');
}

/**
 * The interval over a chart, where there is one.
 * @param {State} state
 * @param {string} title of the chart
 * @returns {{ x: [number, number], y: [number, number] } | undefined}
 */
export function brushOver({ brush: [over, ...ends] }, title) {
  const [left, right, low, high] = ends.map(Number);
  const isWhole = ends.length === 4 && ends.every((end) => end !== '');
  if (over !== title || !isWhole || ![left, right, low, high].every(Number.isFinite)) return;
  return { x: [left, right], y: [low, high] };
}

/**
 * What {@link brushOver} reads; of an interval that was taken away there is nothing.
 * @param {string} title
 * @param {{ x?: number[], y?: number[] }} area
 */
export function writeBrush(title, { x, y }) {
  return x && y ? [title, ...[...x, ...y].map(String)] : [];
}

/** @param {string} text */
function encoded(text) {
  return encodeURIComponent(text).replaceAll(',', '%2C');
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // A link that was cut in the middle of a character.
    return text;
  }
}
