import { AXES, choicesOf } from './data.js';
import { element } from './text.js';

/**
 * What the reader chooses by: native controls, so that keyboards, screen readers and phones know them.
 *
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./state.js').State} State
 */

/** @type {readonly (readonly [id: string, title: string, hint: string])[]} */
export const VIEWS = [
  ['bars', 'Compare', 'one measure, one bar a model'],
  ['steps', 'Steps', 'one measure over the steps of the series'],
  ['pareto', 'Trade-off', 'two measures against each other'],
];

/** @type {Record<string, string>} */
const CLIENTS = {
  '-': 'none involved',
  none: 'has nothing',
  previous: 'has the previous image',
  'all-previous': 'has all previous images',
  base: 'has the base image',
  'other-distribution': 'has an image of another distribution',
};

/**
 * @param {string} title
 * @param {string} value
 * @param {readonly (readonly [value: string, text: string])[]} options
 * @param {(value: string) => void} choose
 */
function select(title, value, options, choose) {
  const list = options.map(([own, text]) =>
    element('option', { value: own, ...(own === value ? { selected: '' } : {}) }, [text]),
  );
  const control = /** @type {HTMLSelectElement} */ (
    element('select', { 'aria-label': title }, list)
  );
  control.addEventListener('change', () => choose(control.value));
  return element('label', {}, [element('span', {}, [title]), control]);
}

/** What the controls in a place were made of. @type {WeakMap<HTMLElement, string>} */
const madeOf = new WeakMap();

/**
 * @param {HTMLElement} place
 * @param {Data} data
 * @param {Map<string, import('./data.js').Figure[]>} index
 * @param {State} state complete: every choice made
 * @param {readonly string[]} kinds
 * @param {(change: Partial<State>) => void} change
 */
export function showControls(place, data, index, state, kinds, change) {
  const { find, models: _, choices, brush, sort, ...shown } = state;
  const made = JSON.stringify([shown, kinds]);
  if (madeOf.get(place) === made) return;
  madeOf.set(place, made);
  const measured = new Set([...index.keys()].map((key) => key.split('\n')[0]));
  const measures = data.measures
    .filter(({ name }) => measured.has(name))
    .map(({ name, title }) => /** @type {const} */ ([name, `${title} (${name})`]));
  const isPareto = state.view === 'pareto';
  const first = isPareto ? state.x : state.measure;
  const { clients, variants } = choicesOf(index, first);
  const tabs = VIEWS.map(([id, title, hint]) => {
    const tab = element(
      'button',
      { type: 'button', title: hint, 'aria-pressed': String(id === state.view), 'data-view': id },
      [title],
    );
    tab.addEventListener('click', () => change({ view: id }));
    return tab;
  });
  const pick = (/** @type {keyof State} */ name) => (/** @type {string} */ value) =>
    change({ [name]: value });
  const named = clients.map((id) => /** @type {const} */ ([id, CLIENTS[id] ?? id]));
  const models = data.models.map(({ id, name }) => /** @type {const} */ ([id, name]));
  const controls = [
    ...(isPareto
      ? [select('Across', state.x, measures, pick('x')), select('Up', state.y, measures, pick('y'))]
      : [select('Measure', state.measure, measures, pick('measure'))]),
    ...(clients.length > 1 ? [select('Client', state.client, named, pick('client'))] : []),
    ...(variants.length > 1
      ? [
          select(
            'Link or workers',
            state.variant,
            variants.map((id) => [id, id === '' ? '–' : id]),
            pick('variant'),
          ),
        ]
      : []),
    ...(kinds.length > 1
      ? [
          select(
            'Steps',
            state.kind,
            [['', 'all kinds'], ...kinds.map((kind) => /** @type {const} */ ([kind, `${kind}s`]))],
            pick('kind'),
          ),
        ]
      : []),
    ...(isPareto
      ? []
      : [
          select(
            'Baseline',
            state.baseline,
            [['', 'absolute values'], ...models],
            pick('baseline'),
          ),
        ]),
    select(
      'Scale',
      state.scale,
      [
        ['linear', 'linear'],
        ['log', 'logarithmic'],
      ],
      pick('scale'),
    ),
  ];
  const focused = focusOf(place);
  place.replaceChildren(
    element('div', { class: 'tabs', role: 'group', 'aria-label': 'Kind of chart' }, tabs),
    element('div', { class: 'choices' }, controls),
  );
  focusAgain(place, focused);
}

/** Controls are made anew after each choice: who goes through them by keyboard stays where they were. */
const FOCUSABLE = 'select, input, button, summary';

/** @param {HTMLElement} place */
function focusOf(place) {
  return [...place.querySelectorAll(FOCUSABLE)].indexOf(
    /** @type {Element} */ (document.activeElement),
  );
}

/** @param {HTMLElement} place @param {number} number */
function focusAgain(place, number) {
  if (number >= 0)
    /** @type {HTMLElement | undefined} */ (
      [...place.querySelectorAll(FOCUSABLE)][number]
    )?.focus();
}

/** @type {WeakMap<HTMLElement, ReturnType<typeof createModels>>} */
const modelsIn = new WeakMap();

/**
 * @param {HTMLElement} place
 * @param {Data} data
 * @param {State} state
 * @param {ReadonlySet<number>} chosen
 * @param {(change: Partial<State>) => void} change
 */
export function showModels(place, data, state, chosen, change) {
  const models = modelsIn.get(place) ?? createModels(place, data, change);
  modelsIn.set(place, models);
  models.show(state, chosen);
}

/**
 * Check boxes of hundreds of models take longer than all else of a choice: they are made once, when somebody looks.
 * @param {HTMLElement} place
 * @param {Data} data
 * @param {(change: Partial<State>) => void} change
 */
function createModels(place, data, change) {
  /** @type {ReadonlySet<number>} */
  let chosen = new Set();
  /** @type {string | undefined} */
  let axesMade;
  const inputs = data.models.map((_, number) => {
    const input = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox' }));
    input.addEventListener('change', () => {
      const ids = data.models
        .filter((_, other) => (other === number ? input.checked : chosen.has(other)))
        .map((model) => model.id);
      change({ models: ids });
    });
    return input;
  });
  const check = () => {
    inputs.forEach((input, number) => {
      input.checked = chosen.has(number);
    });
  };
  const fill = () =>
    boxes.replaceChildren(
      ...data.models.map(({ id, name, colour }, number) => {
        const swatch = element('span', { class: 'swatch' });
        swatch.style.background = colour;
        return element('label', { title: id }, [
          inputs[number],
          swatch,
          element('bdi', {}, [name]),
        ]);
      }),
    );
  const button = (/** @type {string} */ title, /** @type {Partial<State>} */ to) => {
    const made = element('button', { type: 'button' }, [title]);
    made.addEventListener('click', () => change(to));
    return made;
  };
  const summary = element('summary');
  const axes = element('div', { class: 'choices' });
  const boxes = element('div', { class: 'boxes' });
  const details = /** @type {HTMLDetailsElement} */ (
    element('details', {}, [
      summary,
      axes,
      element('div', { class: 'buttons' }, [
        button('all', { models: data.models.map(({ id }) => id), choices: [] }),
        button('none', { models: [] }),
        button('as at first', { models: null, choices: [] }),
      ]),
      boxes,
    ])
  );
  details.addEventListener('toggle', () => {
    if (details.open && boxes.childElementCount === 0) fill();
  });
  place.replaceChildren(details);
  return {
    /** @param {State} state @param {ReadonlySet<number>} now */
    show(state, now) {
      chosen = now;
      check();
      summary.replaceChildren(`Models: ${chosen.size} of ${data.models.length}`);
      const made = JSON.stringify(state.choices);
      if (made === axesMade) return;
      axesMade = made;
      const focused = focusOf(axes);
      axes.replaceChildren(...axesOf(data, state, change));
      focusAgain(axes, focused);
    },
  };
}

/**
 * A choice of each axis that has several.
 * @param {Data} data
 * @param {State} state
 * @param {(change: Partial<State>) => void} change
 */
function axesOf(data, state, change) {
  return AXES.flatMap((axis, number) => {
    const values = [...new Set(data.models.map(({ choices }) => choices[number]).filter(Boolean))];
    if (values.length < 2) return [];
    const own =
      state.choices.find((choice) => choice.startsWith(`${axis}=`))?.slice(axis.length + 1) ?? '';
    const others = state.choices.filter((choice) => !choice.startsWith(`${axis}=`));
    const choose = (/** @type {string} */ value) =>
      change({ choices: value === '' ? others : [...others, `${axis}=${value}`] });
    const options = values.map((value) => /** @type {const} */ ([value, value]));
    return [select(axis, own, [['', 'any'], ...options], choose)];
  });
}
