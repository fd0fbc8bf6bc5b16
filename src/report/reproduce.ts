import type { RunInfo } from '../results/run.ts';
import { printable } from './escape.ts';
import type { View } from './view.ts';

/** The command that measures a run again, and how to cite it. */
export function reproduce({ info, records }: Pick<View, 'info' | 'records'>): {
  readonly command: string;
  readonly citation: string;
} {
  const { dataset, environment, method } = info;
  const { inputs, platform } = dataset.named ?? {};
  const words = [
    ...(inputs?.map(quote) ?? [`--dataset ${quote(dataset.id)}`]),
    ...(platform === undefined ? [] : [`--platform ${quote(platform)}`]),
    // Not those that it had when it was interrupted.
    ...info.planned.map((id) => `--image ${quote(id)}`),
    ...(info.experiment === undefined ? [...chosen(info), ...leftOut(records)] : []),
    ...(info.plugins ?? []).map(({ name }) => `--plugin ${quote(name)}`),
  ];
  return {
    command: [
      'bench run',
      ...(info.experiment === undefined ? [] : [quote(info.experiment)]),
      ...words,
    ].join(' '),
    citation: printable(
      `ocibench ${environment.ocibench}, method ${method}, dataset ${dataset.id} (${dataset.digest}), measured ${info.startedAt.slice(0, 10)}.`,
    ),
  };
}

/** What an experiment chooses by itself. */
function chosen({ models, links }: RunInfo): readonly string[] {
  return [
    ...models.map(({ id, alias }) => `--model ${quote(alias ?? id)}`),
    ...links.map(({ id }) => `--link ${quote(id)}`),
  ];
}

/** What would be measured, and was not. */
function leftOut(records: View['records']): readonly string[] {
  const has = (part: string): boolean => records.some(({ measure }) => measure.startsWith(part));
  return [
    ...(has('throughput.') ? [] : ['--repeat 0']),
    ...(has('reproducibility.') ? [] : ['--no-reproducibility']),
  ];
}

/** A word for a POSIX shell, so that a name cannot become a command. */
export function quote(word: string): string {
  const clean = printable(word);
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}
