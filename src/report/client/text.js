/** Numbers and files as the reader gets them. */

/**
 * @param {number} value
 * @param {string} unit
 */
export function shown(value, unit) {
  if (!Number.isFinite(value)) return '–';
  if (unit === 'bytes') return bytes(value);
  if (unit === 'share') return `${grouped(100 * value, 1)} %`;
  if (unit === 'ratio') return grouped(value, 2);
  if (unit === 'ms') return `${grouped(value, value < 100 ? 1 : 0)} ms`;
  if (unit === 'MB/s') return `${grouped(value, 1)} MB/s`;
  return grouped(value, Number.isInteger(value) ? 0 : 1);
}

const BYTES = [
  { name: 'GB', size: 1e9, digits: 2 },
  { name: 'MB', size: 1e6, digits: 2 },
  { name: 'kB', size: 1e3, digits: 1 },
  { name: 'B', size: 1, digits: 0 },
];

/** @param {number} value */
function bytes(value) {
  const { name, size, digits } = BYTES.find((one) => Math.abs(value) >= one.size) ?? BYTES[3];
  return `${grouped(value / size, digits)} ${name}`;
}

/**
 * What values of an axis are divided by, and its unit's name: bytes are read in the unit of the greatest.
 * @param {readonly number[]} values
 * @param {string} unit
 * @returns {{ size: number, name: string }}
 */
export function scaleOf(values, unit) {
  if (unit === 'share') return { size: 0.01, name: '%' };
  if (unit !== 'bytes') return { size: 1, name: unit === 'count' || unit === 'ratio' ? '' : unit };
  const most = values.reduce((one, other) => Math.max(one, Math.abs(other)), 0);
  return BYTES.find(({ size }) => most >= size) ?? BYTES[3];
}

/**
 * @param {number} value
 * @param {number} digits
 */
export function grouped(value, digits) {
  const [whole, fraction] = Math.abs(value).toFixed(digits).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction ? `.${fraction}` : '');
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/**
 * RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe.
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function csv(rows) {
  const cell = (/** @type {string | number} */ value) => {
    if (typeof value === 'number') return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/**
 * @param {string} name
 * @param {string} type
 * @param {BlobPart} content
 */
export function download(name, type, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {readonly (Node | string)[]} [children]
 */
export function element(tag, attributes = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {string} title @param {() => unknown} act */
export function tool(title, act) {
  const button = element('button', { type: 'button' }, [title]);
  button.addEventListener('click', act);
  return button;
}
