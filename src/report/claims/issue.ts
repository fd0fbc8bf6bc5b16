import { formatBytes, formatNumber, MISSING } from '../../format.ts';
import { mean } from '../../stats/mod.ts';
import { escapeMarkdown as md } from '../escape.ts';
import { lost } from '../fidelity.ts';
import { labelModels } from '../models.ts';
import { reproduce } from '../reproduce.ts';
import { baselineAmong } from '../sentences/compare.ts';
import { summarise } from '../sentences/mod.ts';
import { kindName, type StepGroup } from '../steps.ts';
import { createView, type View } from '../view.ts';
import { leadOf, restOf } from './page.ts';
import type { ToldClaim, ToldVerdict } from './told.ts';

/** What an issue takes: no more than a screen. */
const MOST_BYTES = 2048;
const MOST_ROWS = 8;
const MOST_STEPS = 5;

/** A claim that an issue is about, with the models of the run that decide it. */
export interface IssueClaim {
  readonly claim: ToldClaim;
  readonly verdicts: readonly ToldVerdict[];
  /** Canonical ids. */
  readonly models: readonly string[];
}

/** What a row is: a model by what each step adds. */
interface Row {
  readonly id: string;
  /** What readers know by name. */
  readonly isNamed: boolean;
  readonly label: string;
  /** Bytes that each step of the group adds; undefined where it was not measured. */
  readonly added: readonly (number | undefined)[];
  readonly requests: number | undefined;
  readonly drops: string;
}

/**
 * At most 2 kB of Markdown to paste: the verdict with its flip, at most eight models by what each step adds, requests, what
 * the format drops, dataset and digest, version, command.
 * @param about of a run alone the sentence that answers it stands first
 */
export function issueMarkdown(run: Pick<View, 'info' | 'records'>, about?: IssueClaim): string {
  const view = createView(run.info, run.records);
  const group = groupOf(view, about);
  const rows = group ? rowsOf(view, group, about) : [];
  let text = '';
  for (let steps = MOST_STEPS; steps > 0; steps--) {
    for (let most = MOST_ROWS; most > 3; most--) {
      text = written(view, group, chosen(rows, most), rows.length, steps, about);
      if (Buffer.byteLength(text) <= MOST_BYTES) return text;
    }
  }
  // Of many images the command alone is longer.
  const place = about ? 'with the claim' : 'under Reproduce';
  const instead = `the command names too many images for an issue: report.html has it, ${place}`;
  return written(view, group, chosen(rows, 4), rows.length, 1, about, instead);
}

const MOST_LETTERS = 40;

function shortName(image: string): string {
  return image.length > MOST_LETTERS ? `${image.slice(0, MOST_LETTERS - 1)}…` : image;
}

/** Those with a name before others, in their order. */
function chosen(rows: readonly Row[], most: number): readonly Row[] {
  const kept = new Set(
    rows.toSorted((a, b) => Number(b.isNamed) - Number(a.isNamed)).slice(0, most),
  );
  return rows.filter((row) => kept.has(row));
}

/** Steps of the kind that was judged; else updates before others. */
function groupOf({ steps }: View, about: IssueClaim | undefined): StepGroup | undefined {
  const kinds = about?.verdicts.map(({ kind }) => kind) ?? [];
  return steps.find(({ kind }) => kinds.includes(kind)) ?? steps[0];
}

/** Least mean first, after the baseline. */
function rowsOf(view: View, { images }: StepGroup, about: IssueClaim | undefined): readonly Row[] {
  const { info } = view;
  const labels = labelModels(info.models);
  const baseline = baselineAmong(info.models);
  const wanted = info.models.filter(({ id, alias }) =>
    about ? about.models.includes(id) : alias !== undefined,
  );
  const rows = wanted.map((model) => {
    const { id } = model;
    const added = images.map(
      (image) =>
        view.number(image, id, 'transfer.bytes', 'previous') ??
        view.number(image, id, 'dedup.new_bytes'),
    );
    const asked = images.flatMap(
      (image) => view.number(image, id, 'transfer.requests', 'previous') ?? [],
    );
    return {
      id,
      isNamed: model.alias !== undefined,
      isBaseline: model === baseline,
      label: labels.get(id)!,
      added,
      requests: mean(asked),
      drops: lost(model).join(', '),
    };
  });
  const weight = ({ added, isBaseline }: (typeof rows)[number]): number =>
    isBaseline ? -1 : (mean(added.map((one) => one ?? Number.POSITIVE_INFINITY)) ?? 0);
  return rows
    .filter(({ added }) => added.some((one) => one !== undefined))
    .toSorted((a, b) => weight(a) - weight(b));
}

function written(
  view: View,
  group: StepGroup | undefined,
  rows: readonly Row[],
  all: number,
  most: number,
  about: IssueClaim | undefined,
  instead?: string,
): string {
  const { dataset, images, environment, method } = view.info;
  const shown = group?.images.slice(-most) ?? [];
  const command = instead ?? (about ? about.claim.command : commandOf(view, rows));
  const parts = [
    ...headOf(view, about),
    ...(group && rows.length > 0 ? [tableOf(group, shown, rows)] : []),
    md(
      [
        ...(group && rows.length > 0 ? [noteOf(group, shown.length, rows.length, all)] : []),
        `Dataset ${dataset.id}@${dataset.digest}, ${images.length} images. ocibench ${environment.ocibench}, method ${method}.`,
      ].join(' '),
    ),
    `    ${command}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Of the models that are shown, and of figures that are the same anywhere. */
function commandOf({ info }: View, rows: readonly Row[]): string {
  const models = info.models.filter(({ id }) => rows.some((row) => row.id === id));
  return reproduce({ info: { ...info, models, links: [] }, records: [] }).command;
}

function headOf(view: View, about: IssueClaim | undefined): readonly string[] {
  if (!about)
    return summarise(view)
      .slice(0, 1)
      .map(({ text }) => md(text));
  const { claim, verdicts } = about;
  return [
    `**${md(`${claim.id} ${claim.name}.`)}** ${md(claim.statement)}`,
    verdicts.map((one) => `- ${md([leadOf(one), ...restOf(one)].join(' '))}`).join('\n'),
  ];
}

function tableOf({ images }: StepGroup, shown: readonly string[], rows: readonly Row[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  const first = images.length - shown.length;
  return [
    line(['model', ...shown.map((image) => md(`→ ${shortName(image)}`)), 'requests', 'drops']),
    line(['---', ...shown.map(() => '--:'), '--:', '---']),
    ...rows.map(({ label, added, requests, drops }) =>
      line([
        md(label),
        ...added.slice(first).map((one) => (one === undefined ? MISSING : `+${formatBytes(one)}`)),
        formatNumber(requests),
        md(drops || MISSING),
      ]),
    ),
  ].join('\n');
}

function noteOf({ kind, images }: StepGroup, shown: number, rows: number, all: number): string {
  const word = kindName(kind);
  const steps =
    shown === images.length ? `Each ${word}` : `The last ${shown} of ${images.length} ${word}s`;
  const models = rows === all ? '' : ` ${rows} of ${all} models, least bytes first.`;
  return `${steps}: bytes for a client that has the image before; requests are a mean of ${images.length}.${models}`;
}
