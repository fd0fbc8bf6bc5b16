import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DRAWN_KINDS, noise } from '../../src/datasets/edits/mod.ts';
import { seedsOf } from '../../src/runs/drawn-edits.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { readAll } from '../../src/streams/source.ts';
import { imageOfTars } from '../../src/testing/images.ts';
import { lackOf, unless } from '../../src/testing/needs.ts';
import { shell } from '../../src/testing/shell.ts';
import { silent } from '../../src/testing/tiny-run.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { drawSeam, SEAM_KINDS, seamsOf } from './seams.ts';

const test = suite<{ directory: string }>('seams by Python');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-seams-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const DRAWS = 6;
const CHUNKERS = ['fixed:size=1KiB', 'ae:avg=1KiB,max=4KiB', 'bup:avg=1KiB'];

/**
 * From the definitions alone: fixed chunks; AE (Zhang et al., INFOCOM 2015, a window of 768 bytes, cut before its last byte);
 * bup's sum as lib/bup/bupsplit.h rolls it, begun anew after each cut.
 */
const SCRIPT = `
import json

def fixed(b):
    return [b[at:at + 1024] for at in range(0, len(b), 1024)]

def ae(b):
    chunks, start = [], 0
    while start < len(b):
        own = b[start:start + 4096]
        best, end = 0, len(own)
        for at in range(1, len(own)):
            if own[at] > own[best]:
                best = at
            elif at == best + 768:
                end = at
                break
        chunks.append(own[:end])
        start += end
    return chunks

def bup(b):
    chunks, start = [], 0
    while start < len(b):
        window, first, second, end = bytearray(64), 64 * 31, 64 * 63 * 31, min(len(b), start + 4096)
        for at in range(start, end):
            drop = window[(at - start) % 64]
            window[(at - start) % 64] = b[at]
            first += b[at] - drop
            second += first - 64 * (drop + 31)
            if second & 1023 == 1023:
                end = at + 1
                break
        chunks.append(b[start:end])
        start = end
    return chunks

def new_bytes(known, chunks):
    return sum(map(len, {c for c in chunks if c not in known}))

draws = json.load(open('draws.json'))
files = [open(f'file{number}', 'rb').read() for number in range(draws['files'])]
result = []
for cut in (fixed, ae, bup):
    known = set(cut(b''.join(files)))
    lost = {}
    for one in draws['draws']:
        rest = list(files)
        own = rest.pop(one['file']) if one['kind'] == 'moved' else open(f"noise{one['seed']}", 'rb').read()
        rest.insert(one['before'], own)
        extra = len(own) if one['kind'] == 'inserted' else 0
        lost.setdefault(one['kind'], []).append(new_bytes(known, cut(b''.join(rest))) - extra)
    result.append({kind: sorted(values) for kind, values in lost.items()})
print(json.dumps(result))
`;

unless(test, lackOf('python3'))(
  'what moved and inserted files cost is what Python finds',
  async ({ directory }) => {
    const contents = [3000, 700, 20_000, 64, 5, 9_999, 40_000].map((length, number) =>
      number % 2
        ? Buffer.from(`line ${number}\n`.repeat(length)).subarray(0, length)
        : noise(length, number),
    );
    const tree = sketchTree(
      Object.fromEntries(contents.map((content, number) => [`f${number}`, { content }])),
    );
    const image = imageOfTars(readAll(treeToTar(tree)));
    const sizes = contents.map(({ length }) => length);
    const draws = SEAM_KINDS.flatMap((kind, place) =>
      seedsOf(DRAWN_KINDS.length + place, DRAWS).map((seed) => ({
        kind,
        ...drawSeam(kind, sizes, seed)!,
      })),
    );
    for (const [number, content] of contents.entries()) {
      writeFileSync(join(directory, `file${number}`), content);
    }
    for (const { file, seed } of draws) {
      writeFileSync(join(directory, `noise${seed}`), noise(sizes[file]!, seed));
    }
    writeFileSync(join(directory, 'draws.json'), JSON.stringify({ files: contents.length, draws }));
    writeFileSync(join(directory, 'seams.py'), SCRIPT);
    const derived = JSON.parse(shell('python3 seams.py', directory)) as readonly Readonly<
      Record<string, readonly number[]>
    >[];

    const { findings, records } = await seamsOf(image, DRAWS, silent, CHUNKERS);
    const figures = findings.flatMap((finding) => finding.figures);
    for (const [number, { chunker }] of records.entries()) {
      for (const kind of SEAM_KINDS) {
        const find = (statistic: string): number | undefined =>
          figures.find(
            ({ parameters }) =>
              parameters['of'] === 'avalanche.seam_bytes' &&
              parameters['chunker'] === chunker &&
              parameters['kind'] === kind &&
              parameters['statistic'] === statistic,
          )?.value;
        const values = derived[number]![kind]!;
        assert.is(find('n'), DRAWS);
        // Nearest rank of six: the third, the first and the last.
        const told = ['median', 'p5', 'worst'].map(find);
        assert.equal(told, [values[2], values[0], values[5]], `${chunker} ${kind}`);
      }
    }
  },
);

test.run();
