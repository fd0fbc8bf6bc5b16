/** Order of Debian versions (deb-version(7)): epoch, upstream version, revision. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)];
  return (
    x.epoch - y.epoch || comparePart(x.upstream, y.upstream) || comparePart(x.revision, y.revision)
  );
}

function split(version: string): {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
} {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: hyphen < 0 ? rest : rest.slice(0, hyphen),
    revision: hyphen < 0 ? '' : rest.slice(hyphen + 1),
  };
}

/** Text and numbers in turn; `~` sorts before the end, letters before everything else. */
function comparePart(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i]!)) || (j < b.length && !isDigit(b[j]!))) {
      const difference = order(a[i]) - order(b[j]);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const [first, second] = [digits(a, i), digits(b, j)];
    const [x, y] = [first.replace(/^0+/, ''), second.replace(/^0+/, '')];
    if (x.length !== y.length) return x.length - y.length;
    if (x !== y) return x < y ? -1 : 1;
    i += first.length;
    j += second.length;
  }
  return 0;
}

function order(character: string | undefined): number {
  if (character === undefined || isDigit(character)) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

function digits(text: string, start: number): string {
  let end = start;
  while (end < text.length && isDigit(text[end]!)) end++;
  return text.slice(start, end);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
