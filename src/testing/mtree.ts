/** mtree(5) as bsdtar writes it: path → keywords, in any order. Names and targets have octal escapes. */
export function parseMtree(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const plain = (word: string): string =>
    word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
  const lines = text
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('.'));
  return new Map(
    lines.map((line) => {
      const [name = '', ...words] = line.split(' ');
      const facts = words.map((word) => {
        const equals = word.indexOf('=');
        const [key, value] = [word.slice(0, equals), plain(word.slice(equals + 1))];
        if (key !== 'time') return [key, value] as const;
        // libarchive writes nanoseconds as a number of their own, with or without leading zeros.
        const [seconds, nanoseconds] = value.split('.').map(BigInt);
        return [key, String(seconds! * 1_000_000_000n + nanoseconds!)] as const;
      });
      return [plain(name).replace(/^\.\//, ''), new Map(facts)] as const;
    }),
  );
}
