import { EXPLAINED, type KeptExplanation, readExplanation } from '../../attribution/kept.ts';
import type { Drawing } from '../figure.ts';
import { renderSvg } from '../render.ts';
import type { Client, View } from '../view.ts';
import { explainedCharts, MEASURES, SIDES, type Side } from './charts.ts';
import { bytesOf } from './picture.ts';

/** An explanation with its pictures. */
export interface ExplainedDrawings {
  readonly kept: KeptExplanation;
  readonly drawings: readonly (Drawing & { readonly side: Side })[];
}

/** Of the explanation that a run keeps. undefined where it keeps none, or one of other records. Throws as `readExplanation`. */
export async function drawKept(
  directory: string,
  view: View,
  warn: (text: string) => void,
): Promise<ExplainedDrawings | undefined> {
  const kept = readExplanation(directory);
  if (!kept) return undefined;
  if (isOf(kept, view)) return drawExplained(kept);
  warn(
    `${EXPLAINED} is not of these records, and is not drawn; bench explain with --report makes it anew`,
  );
  return undefined;
}

export async function drawExplained(kept: KeptExplanation): Promise<ExplainedDrawings> {
  const drawings: (Drawing & { readonly side: Side })[] = [];
  for (const { side, chart, narrow } of explainedCharts(kept)) {
    drawings.push({
      side,
      chart,
      svg: await renderSvg(chart),
      narrow: await renderSvg({ ...chart, spec: narrow }),
    });
  }
  return { kept, drawings };
}

function isOf(kept: KeptExplanation, { info, number }: View): boolean {
  const { dataset, method, image, model, client } = kept;
  if (dataset !== `${info.dataset.id}@${info.dataset.digest}` || method !== info.method) {
    return false;
  }
  if (number(image, model, 'stored.bytes') === undefined) return false;
  return SIDES.every((side) => {
    const { bytes, tiles } = kept[side];
    const of = side === 'transferred' ? (client as Client) : '-';
    // Not all clients that can be explained are recorded.
    const record = number(image, model, MEASURES[side], of) ?? bytes;
    return bytesOf(tiles) === bytes && record === bytes;
  });
}
