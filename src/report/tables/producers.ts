import { formatBytes, MISSING } from '../../format.ts';
import type { View } from '../view.ts';
import { number, numeric, text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** Hexadecimal digits that tell digests of one table apart. */
const SHOWN = 12;

/** Who wrote the tar × who compressed it. */
export function producersTable(view: View): Table {
  const digests = view.of('reproducibility.archive_digest');
  const parts = view.info.models.map(({ id }) => id.split('|') as [string, string?]);
  const writers = [...new Set(parts.map(([writer]) => writer))];
  const compressors = [...new Set(parts.flatMap(([, by]) => (by === undefined ? [] : [by])))];
  const { tools = {} } = view.info.environment;
  const versions = Object.entries(tools).map(([name, version]) => `${name} ${version}`);
  const images = [...new Set(digests.map(({ image }) => image))];
  const digestOf = (image: string, model: string): Cell => {
    const value = view.record(image, model, 'reproducibility.archive_digest')?.value;
    if (typeof value !== 'string') return text(MISSING);
    return { text: value.replace('sha256:', '').slice(0, SHOWN), hint: value };
  };
  return {
    id: 'producers',
    title: 'Archives of one tree',
    note: `First digits of the SHA-256 of each archive; equal digits are equal files. Rows: who wrote the tar. Columns: who compressed it. Fixpoint: unpacked and written again by the same program it is the same tar. – : skipped, see below. Versions: ${versions.join(', ')}.`,
    columns: [
      { title: 'Tar by' },
      number('Length', 'reproducibility.archive_bytes'),
      { title: 'Fixpoint' },
      { title: 'Uncompressed', hint: 'reproducibility.archive_digest' },
      ...compressors.map((by) => ({ title: by })),
    ],
    rows: images.flatMap((image) =>
      writers.map((writer) => {
        const isFixpoint = view.number(image, writer, 'reproducibility.archive_fixpoint');
        return [
          text(writer),
          numeric(view.number(image, writer, 'reproducibility.archive_bytes'), formatBytes),
          text(isFixpoint === undefined ? MISSING : isFixpoint === 1 ? 'yes' : 'no'),
          digestOf(image, writer),
          ...compressors.map((by) => digestOf(image, `${writer}|${by}`)),
        ];
      }),
    ),
  };
}
