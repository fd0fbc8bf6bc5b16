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

/**
 * @param {HTMLElement} place
 * @param {Data} data
 * @param {Map<string, import('./data.js').Figure[]>} index
 * @param {State} state complete: every choice made
 * @param {readonly string[]} kinds
 * @param {(change: Partial<State>) => void} change
 */
export function showControls(place, data, index, state, kinds, change) {
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

/**
 * @param {HTMLElement} place
 * @param {Data} data
 * @param {State} state
 * @param {ReadonlySet<number>} chosen
 * @param {(change: Partial<State>) => void} change
 */
export function showModels(place, data, state, chosen, change) {
  const focused = focusOf(place);
  const isOpen = place.querySelector('details')?.open ?? false;
  const axes = AXES.map((axis, number) => {
    const values = [...new Set(data.models.map(({ choices }) => choices[number]).filter(Boolean))];
    const own =
      state.choices.find((choice) => choice.startsWith(`${axis}=`))?.slice(axis.length + 1) ?? '';
    const others = state.choices.filter((choice) => !choice.startsWith(`${axis}=`));
    const choose = (/** @type {string} */ value) =>
      change({ choices: value === '' ? others : [...others, `${axis}=${value}`] });
    return values.length < 2
      ? undefined
      : select(
          axis,
          own,
          [['', 'any'], ...values.map((value) => /** @type {const} */ ([value, value]))],
          choose,
        );
  }).filter((one) => one !== undefined);
  const boxOf = (
    /** @type {Data['models'][number]} */ { id, name, colour },
    /** @type {number} */ number,
  ) => {
    const box = /** @type {HTMLInputElement} */ (
      element('input', { type: 'checkbox', ...(chosen.has(number) ? { checked: '' } : {}) })
    );
    box.addEventListener('change', () => {
      const ids = data.models
        .filter((_, other) => (other === number ? box.checked : chosen.has(other)))
        .map((model) => model.id);
      change({ models: ids });
    });
    const swatch = element('span', { class: 'swatch' });
    swatch.style.background = colour;
    return element('label', { title: id }, [box, swatch, element('bdi', {}, [name])]);
  };
  // Of hundreds of models they take longer than all else of a choice: they are made when somebody looks.
  const boxes = element('div', { class: 'boxes' });
  const fill = () => boxes.replaceChildren(...data.models.map(boxOf));
  if (isOpen) fill();
  const button = (/** @type {string} */ title, /** @type {Partial<State>} */ to) => {
    const made = element('button', { type: 'button' }, [title]);
    made.addEventListener('click', () => change(to));
    return made;
  };
  const title = `Models: ${chosen.size} of ${data.models.length}`;
  const details = /** @type {HTMLDetailsElement} */ (
    element('details', isOpen ? { open: '' } : {}, [
      element('summary', {}, [title]),
      element('div', { class: 'choices' }, axes),
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
  focusAgain(place, focused);
}
