/** One way in that a server offers, from WWW-Authenticate (RFC 9110 §11.6.1). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))\\s*`);
const SCHEME = new RegExp(`^[\\s,]*(${TOKEN})(?:\\s+|(?=,)|$)`);

/** In the order of the header; what does not parse ends the list. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let rest = header;
  for (;;) {
    const scheme = SCHEME.exec(rest);
    if (!scheme) return challenges;
    rest = rest.slice(scheme[0].length);
    const parameters = new Map<string, string>();
    for (let one = PARAMETER.exec(rest); one; one = PARAMETER.exec(rest)) {
      const value = one[2] === undefined ? one[3]! : one[2].replace(/\\(.)/g, '$1');
      parameters.set(one[1]!.toLowerCase(), value);
      rest = rest.slice(one[0].length);
      if (!rest.startsWith(',')) break;
      rest = rest.slice(1);
    }
    challenges.push({ scheme: scheme[1]!.toLowerCase(), parameters });
  }
}
