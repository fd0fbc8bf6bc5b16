import type { TopLevelSpec } from 'vega-lite';
import type { KeptExplanation } from '../../attribution/kept.ts';
import type { Tiles } from '../../attribution/tiles.ts';
import { formatBytes, formatNumber, listWords, plural } from '../../format.ts';
import type { Chart } from '../charts/chart.ts';
import { printable, short } from '../escape.ts';
import { icicle } from './icicle.ts';
import { wrap } from './labels.ts';
import { type Picture, type Room, specOf } from './picture.ts';
import { treemap } from './treemap.ts';

/** What a picture of a page shows: one record, once as a treemap and once as an icicle. */
export interface ExplainedChart {
  readonly side: Side;
  readonly chart: Chart;
  /** For a phone. */
  readonly narrow: TopLevelSpec;
}

export type Side = 'transferred' | 'stored';
export const SIDES: readonly Side[] = ['transferred', 'stored'];

interface Form {
  readonly name: string;
  readonly wide: Room;
  readonly narrow: Room;
  readonly reads: string;
  draw(tiles: Tiles, room: Room): Picture;
}

const WIDE: Room = { width: 1160, height: 560, characters: 150, isNarrow: false };
const NARROW: Room = { width: 318, height: 620, characters: 46, isNarrow: true };

const FORMS: readonly Form[] = [
  {
    name: 'treemap',
    wide: WIDE,
    narrow: NARROW,
    reads: 'Areas within a box are in proportion to bytes.',
    draw: treemap,
  },
  {
    name: 'icicle',
    wide: { ...WIDE, height: 640 },
    narrow: { ...NARROW, height: 680 },
    reads:
      'Heights are in proportion to bytes; boxes left of files have the colour of most of theirs.',
    draw: icicle,
  },
];

/** `transfer.bytes` and `stored.bytes`: the records that the pictures divide. */
export const MEASURES: Readonly<Record<Side, 'transfer.bytes' | 'stored.bytes'>> = {
  transferred: 'transfer.bytes',
  stored: 'stored.bytes',
};

/** Those that have bytes. */
export function explainedCharts(kept: KeptExplanation): readonly ExplainedChart[] {
  return SIDES.filter((side) => kept[side].bytes > 0).flatMap((side) =>
    FORMS.map((form) => explainedChart(kept, side, form)),
  );
}

function explainedChart(kept: KeptExplanation, side: Side, form: Form): ExplainedChart {
  const tiles = kept[side];
  const title = `${headline(kept, side)}: ${formatBytes(tiles.bytes)}`;
  const subtitle = `${plural(tiles.count, 'part')} of a path and a cause, by ${tiles.groupedBy}; colours are causes`;
  const [id = '', digest = ''] = kept.dataset.split('@sha256:');
  const source = `Dataset ${short(id, 40)} (sha256 ${digest.slice(0, 12)}…), method ${kept.method}`;
  const question =
    side === 'transferred'
      ? `Which paths take the bytes that ${printable(kept.image)} transfers? (${form.name})`
      : `Which paths take the bytes that the registry stores? (${form.name})`;
  const spec = (room: Room): TopLevelSpec =>
    specOf(form.draw(tiles, room), room, {
      title: wrap(title, room.isNarrow ? 38 : 130),
      subtitle: [subtitle, source].flatMap((text) => wrap(text, room.characters)),
      description: question,
    });
  return {
    side,
    narrow: spec(form.narrow),
    chart: {
      name: `explained-${side}-${form.name}`,
      title,
      question,
      caption: `${form.reads} All together are ${formatNumber(tiles.bytes)} bytes, as ${MEASURES[side]} says; what has no tile of its own is one with others of its group and cause ("more"). METHODS.md, "Attribution", defines the causes.`,
      spec: spec(form.wide),
    },
  };
}

/** `t2 by catar, transferred by a client that holds t1 (previous)` */
export function headline(kept: KeptExplanation, side: Side): string {
  const { image, model, alias = model, client, holds, keeps } = kept;
  const held = holds.length === 0 ? 'nothing' : several(holds);
  const what = `${short(image, 40)} by ${short(alias, 60)}`;
  return side === 'transferred'
    ? `${what}, transferred by a client that holds ${held} (${short(client, 40)})`
    : `${several(keeps)} by ${short(alias, 60)}, stored by a registry`;
}

const MOST_NAMED = 3;

function several(images: readonly string[]): string {
  if (images.length > MOST_NAMED) {
    return `${plural(images.length, 'image')} up to ${short(images.at(-1)!, 40)}`;
  }
  return listWords(images.map((id) => short(id, 40)));
}
