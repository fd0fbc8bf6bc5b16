import type { Explanation } from '../attribution/mod.ts';
import { groupedBy } from '../attribution/text.ts';
import { formatBytes, formatChange, formatNumber, formatShare, MISSING } from '../format.ts';
import { askedModels } from '../models/mod.ts';
import { labelModels } from '../report/models.ts';
import { leader } from '../report/sentences/compare.ts';
import { MODEL, modelCells, number, numeric, text } from '../report/tables/cells.ts';
import type { Table } from '../report/tables/mod.ts';
import { standings, type View } from '../report/view.ts';
import type { RunModel } from '../results/run.ts';
import { change, type Maybe } from '../stats/mod.ts';
import { type Compared, growth } from './compared.ts';

/** What two images are compared by unless told otherwise: the formats that a run compares, without its sweep of chunk sizes. */
export const comparedModels: readonly string[] = askedModels;

/** Rows of what the bytes of the update are for. */
const TOP = 10;

/**
 * What the update from the first image of a run to its second costs in each format, and which packages and files it is for.
 * Throws nothing: what was not measured is left out.
 * @param explanation of the update by one model; absent where none of the models can be divided
 */
export function compareImages(view: View, explanation: Explanation | undefined): Compared {
  const [before, after] = view.info.planned as [string, string];
  const labels = labelModels(view.info.models);
  const name = ({ id }: RunModel): string => labels.get(id)!;
  const share = view.number(after, '*', 'step.shared_share');
  const kind = view.record(after, '*', 'step.kind')?.value;
  const list = standings(view, after, 'transfer.bytes', 'previous');
  const models = view.info.models.map((model) => figuresOf(view, model, before, after));
  const shared = share === undefined ? '' : `: ${formatShare(share)} of the bytes in files shared`;
  return {
    title: `${before} → ${after}`,
    sentences: [
      ...(kind === undefined ? [] : [`${after} is a step of kind ${kind}${shared}.`]),
      ...(list.length === 0
        ? []
        : [`For a client that has ${before}, ${leader(list, name, 'transfer', 'data')}`]),
    ],
    tables: [updateTable(view, models), ...(explanation ? contributorTables(explanation) : [])],
    data: {
      before,
      after,
      kind,
      sharedShare: share,
      models,
      ...(explanation ? { explanation } : {}),
    },
    growths: models.flatMap(({ model, alias, pull }) => {
      if (pull.before === undefined || pull.after === undefined) return [];
      const what = `transfer.bytes of ${after} by ${alias ?? model}, client none`;
      return [{ what, share: growth(pull.before, pull.after) }];
    }),
  };
}

/** One model; bytes. */
interface ModelFigures {
  readonly model: string;
  readonly alias?: string;
  /** For a client that has the first image. */
  readonly update: { readonly bytes: Maybe; readonly requests: Maybe };
  /** For a client that has nothing. */
  readonly pull: { readonly before: Maybe; readonly after: Maybe };
  /** For a registry that keeps both. */
  readonly stored: Maybe;
}

function figuresOf(view: View, model: RunModel, before: string, after: string): ModelFigures {
  const { id, alias } = model;
  const value = (image: string, measure: string, client?: 'none' | 'previous'): Maybe =>
    view.number(image, id, measure, client);
  return {
    model: id,
    ...(alias === undefined ? {} : { alias }),
    update: {
      bytes: value(after, 'transfer.bytes', 'previous'),
      requests: value(after, 'transfer.requests', 'previous'),
    },
    pull: {
      before: value(before, 'transfer.bytes', 'none'),
      after: value(after, 'transfer.bytes', 'none'),
    },
    stored: value(after, 'stored.bytes'),
  };
}

function updateTable(view: View, models: readonly ModelFigures[]): Table {
  const cells = modelCells(view);
  const [baseline] = models;
  return {
    id: 'update',
    title: 'The update in each format',
    note: `Update: what a client with the first image downloads. Requests: for the update. New: what a client with nothing downloads. Change: New against the first image. Stored: both images in one registry. Ratio to ${cells.get(baseline?.model ?? '')?.text ?? MISSING}.`,
    columns: [
      MODEL,
      number('Update'),
      number('Ratio'),
      number('Requests'),
      number('New'),
      number('Change'),
      number('Stored'),
    ],
    rows: models.map(({ model, update, pull, stored }) => [
      cells.get(model)!,
      numeric(update.bytes, formatBytes),
      numeric(ratio(update.bytes, baseline?.update.bytes), (value) => formatNumber(value, 2)),
      numeric(update.requests, formatNumber),
      numeric(pull.after, formatBytes),
      numeric(change(pull.after, pull.before), formatChange),
      numeric(stored, formatBytes),
    ]),
  };
}

function ratio(value: Maybe, baseline: Maybe): Maybe {
  return value === undefined || !baseline ? undefined : value / baseline;
}

/** Which layer, which package, which file. */
function contributorTables({ transferred, alias, model }: Explanation): readonly Table[] {
  return (['layer', 'source package', 'path'] as const).flatMap((by) => {
    const groups = groupedBy(transferred.parts, by);
    // Of one layer the packages and paths say all.
    if (groups.length < (by === 'layer' ? 3 : 2)) return [];
    const rest = groups.slice(TOP).reduce((sum, { bytes }) => sum + bytes, 0);
    const rows = groups.slice(0, TOP).map((group) => [group.name, group.bytes] as const);
    const others =
      rest === 0 ? [] : [[`${formatNumber(groups.length - TOP)} others`, rest] as const];
    return [
      {
        id: by.replace(' ', '-'),
        title: `The update by ${by}`,
        note: `Bytes that a client with the first image downloads, by ${alias ?? model}.`,
        columns: [number('Bytes'), number('Share'), { title: capital(by), wide: true }],
        rows: [...rows, ...others].map(([name, bytes]) => [
          numeric(bytes, formatNumber),
          numeric(transferred.bytes === 0 ? undefined : bytes / transferred.bytes, formatShare),
          text(name),
        ]),
      },
    ];
  });
}

function capital(words: string): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}
