/** Names in a run come from registries and manifests: whoever publishes an image chooses them. */

/** Control characters, marks that reorder text, and halves of characters: none is legal or honest in a report. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text that shows what it is made of. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** @param longest characters */
export function short(text: string, longest: number): string {
  const clean = printable(text);
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1)}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** For a paragraph or a table cell; code spans are not used, since they cannot hold a pipe. */
export function escapeMarkdown(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>|#!~$&]/g, (character) => `\\${character}`);
}
