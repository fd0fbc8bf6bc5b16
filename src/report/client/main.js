import { bars, steps } from './charts.js';
import { showControls, showModels } from './controls.js';
import { AXES, choicesOf, coinciding, groupsOf, indexOf, isPulled, keyOf } from './data.js';
import { headsOf, rowsOfModels } from './figures.js';
import { createDrawing } from './moments.js';
import { pareto } from './pareto.js';
import { drawPicture } from './picture.js';
import { brushOver, INITIAL, readState, writeBrush, writeState } from './state.js';
import { drawTables, offerCharts } from './static.js';
import { createTable } from './table.js';
import { csv, download, element, tool } from './text.js';

/**
 * The part of a report that answers back: filters, a baseline, three kinds of chart, one table, and a link to what is shown.
 *
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Group} Group
 * @typedef {import('./data.js').Measure} Measure
 * @typedef {import('./state.js').State} State
 */

/** A part of the explorer. @param {string} name */
function place(name) {
  return /** @type {HTMLElement} */ (document.getElementById(`explorer-${name}`));
}

/** Of the measure that the question is about, where it was measured. */
const FIRST = ['transfer.bytes', 'stored.bytes'];

/** @param {Data & { charts: Record<string, Record<string, unknown>>, tables: Record<string, import('./static.js').Table> }} data */
export function begin(data) {
  if (data.columns.value.length > 0) explore(data);
  drawTables(data.tables);
  offerCharts(data.charts);
}

/** @param {Data} data */
function explore(data) {
  // Charts take their width from the page.
  /** @type {HTMLElement} */ (document.querySelector('.explorer')).hidden = false;
  const index = indexOf(data);
  const byName = new Map(data.measures.map((measure) => [measure.name, measure]));
  const draw = createDrawing();
  let state = readState(location.hash);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  const table = {
    show: (/** @type {Set<number> | undefined} */ _only = undefined) => {},
    rows: /** @type {() => (string | number)[][]} */ (() => []),
  };

  /** @param {string} id */
  const numberOf = (id) => {
    const found = data.models.findIndex((model) => model.id === id);
    return found < 0 ? undefined : found;
  };

  /** @param {string} name @param {string} otherwise */
  const measured = (name, otherwise) =>
    [...index.keys()].some((key) => key.startsWith(`${name}\n`)) ? name : otherwise;

  /** Every choice made: what the address does not say is what the data have. */
  function complete() {
    const some =
      FIRST.find((name) => measured(name, '') === name) ?? [...index.keys()][0].split('\n')[0];
    const measure = measured(state.measure, some);
    const x = measured(state.x, measured('transfer.requests', some));
    const y = measured(state.y, measured('transfer.bytes', some));
    const { clients, variants } = choicesOf(index, state.view === 'pareto' ? x : measure);
    const client = clients.includes(state.client)
      ? state.client
      : clients.includes('previous')
        ? 'previous'
        : clients[0];
    const variant = variants.includes(state.variant) ? state.variant : variants[0];
    return { ...state, measure, x, y, client, variant };
  }

  /** @param {Partial<State>} to */
  function change(to) {
    clearTimeout(later);
    // An interval is one over the points that were there.
    keep({ brush: [], ...to });
    show();
  }

  /** @param {Partial<State>} to */
  function keep(to) {
    state = { ...state, ...to };
    history.replaceState(null, '', `#${writeState(state) || 'view=bars'}`);
  }

  /** @returns {Set<number>} */
  function chosenModels() {
    const { models, choices, find } = state;
    const wanted = models && new Set(models);
    const words = find.toLowerCase();
    return new Set(
      data.models.flatMap((model, number) => {
        const isWanted = wanted ? wanted.has(model.id) : model.isShown || choices.length > 0;
        const fits = choices.every((choice) => {
          const [axis, ...rest] = choice.split('=');
          return model.choices[AXES.indexOf(axis)] === rest.join('=');
        });
        return isWanted && fits && `${model.name} ${model.id}`.toLowerCase().includes(words)
          ? [number]
          : [];
      }),
    );
  }

  /** Figures of a measure: where it has none for this client or link, those of the first that it has. @param {string} name @param {State} full */
  function figuresOf(name, full) {
    const { clients, variants } = choicesOf(index, name);
    const client = clients.includes(full.client) ? full.client : clients[0];
    const variant = variants.includes(full.variant) ? full.variant : variants[0];
    return index.get(keyOf(name, client, variant)) ?? [];
  }

  function show() {
    const full = complete();
    const chosen = chosenModels();
    const measure = /** @type {Measure} */ (
      byName.get(full.view === 'pareto' ? full.x : full.measure)
    );
    const groups = groupsOf(
      data,
      figuresOf(measure.name, full),
      measure,
      chosen,
      numberOf(full.baseline),
    );
    const kinds = [...new Set(data.images.map(({ kind }) => kind))].flatMap((kind) =>
      kind !== null && isPulled(kind) ? [kind] : [],
    );
    showControls(place('controls'), data, index, full, kinds, change);
    showModels(place('models'), data, full, chosen, change);
    const wanted = groups.filter(
      ({ title, standings }) =>
        standings.length > 0 && (full.kind === '' || title.includes(full.kind)),
    );
    const pictures = wanted.map((group) => pictureOf(group, measure, full, chosen));
    place('pictures').replaceChildren(
      ...pictures.map(({ picture }) => picture),
      ...(pictures.length === 0
        ? [element('p', {}, ['Nothing was measured of these models.'])]
        : []),
    );
    place('measure').replaceChildren(...docOf(full, wanted));
    showTable(full, measure, wanted);
    draw(pictures);
  }

  /** @param {State} full @param {Group[]} groups */
  function docOf(full, groups) {
    const names = full.view === 'pareto' ? [full.x, full.y] : [full.measure];
    const range =
      full.baseline === ''
        ? 'A bar is a mean; its line reaches from the least to the greatest step.'
        : 'A bar is a ratio of means; its line reaches from the least to the greatest ratio in a step.';
    const hasMeans = full.view === 'bars' && groups.some(({ images }) => images.length > 1);
    const notes = hasMeans ? [element('p', { class: 'note' }, [range])] : [];
    const docs = names.map((name) => {
      const { title, doc } = /** @type {Measure} */ (byName.get(name));
      return element('p', { class: 'note' }, [
        element('strong', {}, [title]),
        ` (${name}): ${doc} `,
        element('a', { href: '#reproduce' }, ['How to reproduce']),
      ]);
    });
    return [...notes, ...docs];
  }

  /** @param {Group} group @param {Measure} measure @param {State} full @param {Set<number>} chosen */
  function pictureOf(group, measure, full, chosen) {
    const how = { isLog: full.scale === 'log' };
    const spec =
      full.view === 'pareto'
        ? paretoOf(group, full, chosen)
        : full.view === 'steps' && group.images.length > 1
          ? steps(data, group, measure, how)
          : bars(data, group, measure, how);
    const box = element('div', {
      class: 'drawing',
      role: 'img',
      'aria-label': `${measure.title}, ${group.title}`,
    });
    const tools = element('div', { class: 'tools' });
    const same = coinciding(group).map((models) =>
      models.map((model) => data.models[model].name).join(' = '),
    );
    const picture = element('figure', {}, [
      element('h3', {}, [group.title]),
      box,
      ...(same.length > 0 && full.view !== 'pareto'
        ? [
            element('p', { class: 'note' }, [
              `Equal in every step, so that one is drawn over the other: ${same.join('; ')}.`,
            ]),
          ]
        : []),
      tools,
    ]);
    const draw = () =>
      drawPicture(
        box,
        tools,
        spec,
        group.title,
        brushed(group.title),
        brushOver(full, group.title),
      );
    return { picture, draw };
  }

  /** @param {Group} group @param {State} full @param {Set<number>} chosen */
  function paretoOf(group, full, chosen) {
    const [x, y] = [full.x, full.y].map((name) => /** @type {Measure} */ (byName.get(name)));
    const up =
      groupsOf(data, figuresOf(y.name, full), y, chosen).find(
        ({ title, images }) => title === group.title || images.join() === group.images.join(),
      ) ?? groupsOf(data, figuresOf(y.name, full), y, chosen)[0];
    const points = group.standings.flatMap(({ model, value }) => {
      const other = up?.standings.find((one) => one.model === model);
      return other ? [{ model, x: value, y: other.value }] : [];
    });
    const brush = brushOver(full, group.title);
    return pareto(data, points, { x, y, isLog: full.scale === 'log', brush });
  }

  /** Rows of the models within the interval alone, which then stands in the address. @param {string} title */
  function brushed(title) {
    return (
      /** @type {Record<string, unknown>} */ spec,
      /** @type {{ x?: number[], y?: number[] }} */ area,
    ) => {
      const { values } = /** @type {{ values: { number: number, x: number, y: number }[] }} */ (
        spec['data']
      );
      const within = (/** @type {number} */ value, /** @type {number[]} */ ends) =>
        value >= Math.min(...ends) && value <= Math.max(...ends);
      const { x, y } = area;
      const inside = x && y ? values.filter((one) => within(one.x, x) && within(one.y, y)) : values;
      table.show(x && y ? new Set(inside.map(({ number }) => number)) : undefined);
      // Browsers refuse an address that changes with every move of a pointer.
      clearTimeout(later);
      later = setTimeout(() => keep({ brush: writeBrush(title, area) }), 200);
    };
  }

  /** @param {State} full @param {Measure} measure @param {Group[]} groups */
  function showTable(full, measure, groups) {
    const baseline = full.baseline === '' ? undefined : numberOf(full.baseline);
    const made = createTable(place('figures'), headsOf(data, groups, measure, baseline), {
      sort: state.sort,
      onSort: (sort) => keep({ sort }),
    });
    table.show = (only) => made.show(rowsOfModels(data, groups, measure, baseline, only));
    table.show();
    table.rows = made.rows;
  }

  place('tools').replaceChildren(
    tool('CSV', () => download('ocibench-figures.csv', 'text/csv', csv(table.rows()))),
    tool('JSON', () => {
      const [heads, ...rows] = table.rows();
      const named = rows.map((row) =>
        Object.fromEntries(heads.map((head, column) => [head, row[column]])),
      );
      download(
        'ocibench-figures.json',
        'application/json',
        JSON.stringify({ dataset: data.dataset, method: data.method, rows: named }, undefined, 1),
      );
    }),
    tool('copy link', () => navigator.clipboard?.writeText(location.href)),
  );
  const find = /** @type {HTMLInputElement} */ (place('find'));
  find.value = state.find;
  find.addEventListener('input', () => change({ find: find.value }));
  addEventListener('hashchange', () => {
    if (!location.hash.includes('=')) return;
    state = { ...INITIAL, ...readState(location.hash) };
    find.value = state.find;
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  show();
}
