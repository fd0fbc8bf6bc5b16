/** Debian control data (deb822(5)): stanzas of `Field: value`, continued by lines that start with a space. */

export type Stanza = ReadonlyMap<string, string>;

/** @param wanted fields to keep; all where absent */
export function* parseStanzas(text: string, wanted?: ReadonlySet<string>): Generator<Stanza> {
  let stanza = new Map<string, string>();
  let field: string | undefined;
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      if (stanza.size > 0) yield stanza;
      stanza = new Map();
      field = undefined;
    } else if (line.startsWith('#')) {
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (field !== undefined) stanza.set(field, `${stanza.get(field)}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(':');
      if (colon < 0) continue;
      const name = line.slice(0, colon);
      field = wanted && !wanted.has(name) ? undefined : name;
      if (field !== undefined) stanza.set(field, line.slice(colon + 1).trim());
    }
  }
  if (stanza.size > 0) yield stanza;
}
