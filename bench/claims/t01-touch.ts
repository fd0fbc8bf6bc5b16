import type { EditForm } from '../../src/datasets/edited.ts';
import type { Image } from '../../src/images/image.ts';
import { resolveModels } from '../../src/models/mod.ts';
import { DrawnEdits } from '../../src/runs/drawn-edits.ts';
import { divide } from '../../src/stats/mod.ts';
import { type Entry, type Inode, pathBytes } from '../../src/trees/tree.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { FORMAT, named } from './axes.ts';
import { type Claim, caseOf } from './claim.ts';
import { SARAI } from './edits.ts';

/** What another time of one file costs: as a layer on top, and in an image that is made anew. */
const FORMS: Readonly<Record<EditForm, readonly string[]>> = {
  layer: ['oci-zstd'],
  rebuild: ['tar-zstd', 'per-file', 'catar', 'puzzlefs'],
};
const FILES = 3;

interface Touched {
  readonly path: string;
  readonly form: EditForm;
  readonly format: string;
  /** Of the file. */
  readonly bytes: number;
  /** Content that a client with the image before pulls. */
  readonly pulled: number;
}

export const touchCostsContent: Claim = {
  id: 'T01',
  name: 'touching a large file',
  statement:
    'Another time of one large file costs a client its content: at least 10 % of its length is pulled.',
  said: SARAI,
  datasets: ['edits'],
  packed: ['oci-gzip'],
  compares: Object.values(FORMS).flat(),
  bar: quotientBar('at least', 0.1, 'share'),
  axes: [FORMAT, named('form', 'how the change comes into the image')],
  whyNone: 'an image with at least three files would decide',
  async cases(records) {
    const [first] = records.images;
    if (first === undefined) return [];
    const what = JSON.stringify(['touched', FILES, FORMS]);
    const { touched } = await records.kept(what, [first], async () => ({
      touched: await records.withImage(first, touchLargest),
    }));
    return touched.map(({ path, form, format, bytes, pulled }) =>
      caseOf(
        { step: path, kind: 'file' },
        { format, form },
        divide(pulled, bytes),
        touchCostsContent.bar,
      ),
    );
  },
};

async function touchLargest(image: Image): Promise<readonly Touched[]> {
  const touched: Touched[] = [];
  for (const [form, formats] of Object.entries(FORMS) as [EditForm, readonly string[]][]) {
    const models = resolveModels(formats);
    const edits = await DrawnEdits.of(image, models, form);
    for (const { path, bytes } of largestOf(image)) {
      const drawn = await edits.measure({ kind: 'touch', seed: 1 }, models, path);
      if (!drawn) continue;
      for (const [place, format] of formats.entries()) {
        const pulled = drawn.pulled.get(models[place]!)!.contentBytes;
        touched.push({ path, form, format, bytes, pulled });
      }
    }
  }
  return touched;
}

/** Each once, whatever names it has; as a manifest names them: a path that is no UTF-8 is not drawn. */
function largestOf({ tree }: Image): readonly { path: string; bytes: number }[] {
  const files = new Map<Inode, Entry>();
  for (const entry of tree.entries) {
    const { type, size } = entry.inode;
    if (type === 'file' && size > 0 && !files.has(entry.inode)) files.set(entry.inode, entry);
  }
  return [...files.values()]
    .toSorted((a, b) => b.inode.size - a.inode.size)
    .slice(0, FILES)
    .map(({ path, inode }) => ({
      path: Buffer.from(pathBytes(path)).toString('utf8'),
      bytes: inode.size,
    }));
}
