import { element } from './text.js';

/**
 * A table whose rows are drawn as they come into sight: two hundred thousand rows are as quick as twenty.
 *
 * @typedef {{ text: string, sort?: number | undefined, colour?: string | undefined, hint?: string | undefined }} Cell
 * @typedef {{ title: string, numeric?: boolean, wide?: boolean, hint?: string }} Column
 */

/** Pixels of a row; all are alike, so that their places are known without drawing them. */
const ROW = 30;
/** … where the name of a model has two lines, since one that takes the width of a phone leaves no figure in sight. */
const NARROW_ROW = 44;
/** As in the style of the page. */
const NARROW = '(max-width: 40rem)';
/** Rows that are drawn beyond both ends of what is seen. */
const MARGIN = 12;
/** Pixels of a frame that was never scrolled: more than any has. */
const HEIGHT = 600;

/**
 * Where frames are, as their last scroll said. To ask them while the page changes would have the browser lay it out at once.
 * @type {WeakMap<HTMLElement, { top: number, height: number }>}
 */
const seenOf = new WeakMap();

/** Whether frames have rows of two lines, which a phone that is turned changes. @type {WeakMap<HTMLElement, MediaQueryList>} */
const narrowOf = new WeakMap();

/**
 * @param {HTMLElement} frame what scrolls
 * @param {readonly Column[]} columns
 * @param {{ sort: string, onSort: (sort: string) => void }} how `sort` is `3` or `-3`: the column, from 1, and its direction
 */
export function createTable(frame, columns, { sort, onSort }) {
  let order = sort;
  /** @type {readonly (readonly Cell[])[]} */
  let all = [];
  /** @type {readonly (readonly Cell[])[]} */
  let rows = [];
  const heads = columns.map((column, place) => head(column, place));
  const body = element('tbody');
  const above = element('tr', { 'aria-hidden': 'true' }, [
    element('td', { colspan: String(columns.length) }),
  ]);
  const below = /** @type {HTMLElement} */ (above.cloneNode(true));
  const table = element('table', { class: 'drawn' }, [
    element('thead', {}, [element('tr', {}, heads)]),
    body,
  ]);
  frame.replaceChildren(table);
  const narrow = narrowOf.get(frame) ?? matchMedia(NARROW);
  narrowOf.set(frame, narrow);
  // The table that was there before is drawn no more.
  narrow.onchange = draw;
  frame.onscroll = () => {
    seenOf.set(frame, { top: frame.scrollTop, height: frame.clientHeight });
    draw();
  };

  /** @param {Column} column @param {number} place */
  function head({ title, numeric, wide, hint = '' }, place) {
    const button = element('button', { type: 'button' }, [title]);
    button.addEventListener('click', () => {
      order = order === String(place + 1) ? String(-place - 1) : String(place + 1);
      onSort(order);
      arrange();
    });
    const kind = [numeric ? 'number' : '', wide ? 'words' : ''].filter(Boolean).join(' ');
    return element('th', { scope: 'col', class: kind, title: hint }, [button]);
  }

  function arrange() {
    const column = Math.abs(Number(order)) - 1;
    const sign = order.startsWith('-') ? -1 : 1;
    heads.forEach((one, place) => {
      if (place === column) one.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending');
      else one.removeAttribute('aria-sort');
    });
    rows =
      columns[column] === undefined
        ? all
        : [...all].sort((a, b) => sign * compare(a[column], b[column], sign));
    draw();
  }

  function draw() {
    const { top, height } = seenOf.get(frame) ?? { top: 0, height: HEIGHT };
    const row = narrow.matches ? NARROW_ROW : ROW;
    const inSight = Math.ceil((height || HEIGHT) / row);
    // Of fewer rows than before, the last are in sight.
    const upper = Math.min(Math.floor(top / row), rows.length - inSight);
    const first = Math.max(0, upper - MARGIN);
    const last = Math.min(rows.length, Math.max(0, upper) + inSight + MARGIN);
    /** @type {HTMLElement} */ (above.firstChild).style.height = `${first * row}px`;
    /** @type {HTMLElement} */ (below.firstChild).style.height = `${(rows.length - last) * row}px`;
    table.style.setProperty('--row', `${row}px`);
    const seen = rows.slice(first, last).map((cells) =>
      element(
        'tr',
        {},
        cells.map((cell, place) => cellOf(cell, columns[place])),
      ),
    );
    body.replaceChildren(
      ...(first > 0 ? [above] : []),
      ...seen,
      ...(last < rows.length ? [below] : []),
    );
    table.setAttribute('aria-rowcount', String(rows.length + 1));
  }

  return {
    /** @param {readonly (readonly Cell[])[]} given */
    show(given) {
      all = given;
      arrange();
    },
    /** @returns {(string | number)[][]} what is shown, with heads: numbers where they are known */
    rows: () => [
      columns.map(({ title }) => title),
      ...rows.map((row) => row.map(({ text, sort: value }) => value ?? text)),
    ],
  };
}

/**
 * What has no value comes last, whichever way.
 * @param {Cell} a
 * @param {Cell} b
 * @param {number} sign
 */
function compare(a, b, sign) {
  if (a.sort !== undefined || b.sort !== undefined) {
    const [x, y] = [
      a.sort ?? sign * Number.POSITIVE_INFINITY,
      b.sort ?? sign * Number.POSITIVE_INFINITY,
    ];
    return x === y ? 0 : x - y;
  }
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

/** @param {Cell} cell @param {Column} column */
function cellOf({ text, colour, hint = '' }, { numeric }) {
  const words = element('bdi', {}, colour ? breakable(text) : [text]);
  const made = element('td', { class: numeric ? 'number' : colour ? 'name' : '', title: hint });
  if (colour) {
    const swatch = element('span', { class: 'swatch' });
    swatch.style.background = colour;
    made.append(swatch);
  }
  made.append(words);
  return made;
}

/** A chain of choices in parts, with leave to begin a line after each: browsers give none after a comma. @param {string} name */
function breakable(name) {
  return name
    .split(/(?<=[|,])/)
    .flatMap((part, place) => (place === 0 ? [part] : [element('wbr'), part]));
}
