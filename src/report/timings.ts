import { median } from '../stats/mod.ts';
import type { View } from './view.ts';

/** One transfer as it was modelled and as it was. */
export interface Timing {
  readonly image: string;
  readonly model: string;
  readonly link: string;
  readonly predictedMs: number;
  readonly measuredMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** Repetitions. */
  readonly repetitions: number;
  /** Predicted ÷ measured − 1. */
  readonly error: number;
  /** HTTP headers included. */
  readonly wireBytes: number;
}

/** The transfers that were made, in run order. */
export function timingsOf(view: View): readonly Timing[] {
  const key = (...parts: readonly (string | undefined)[]): string => parts.join('\n');
  const numbers = new Map(
    ['transfer.network_ms', 'transfer.model_error', 'transfer.wire_bytes'].flatMap((measure) =>
      view.of(measure).map(({ image, model, client, link, value }) => {
        return [key(measure, image, model, client, link), Number(value)] as const;
      }),
    ),
  );
  return view.of('transfer.measured_ms').flatMap((record) => {
    const { image, model, client, link = '', value, low, high, n = 1 } = record;
    const number = (measure: string): number | undefined =>
      numbers.get(key(measure, image, model, client, link));
    const predictedMs = number('transfer.network_ms');
    const error = number('transfer.model_error');
    const wireBytes = number('transfer.wire_bytes');
    const measuredMs = Number(value);
    if (predictedMs === undefined || error === undefined || wireBytes === undefined) return [];
    // A transfer that took no time was none.
    if (measuredMs === 0) return [];
    const [lowMs, highMs] = [low ?? measuredMs, high ?? measuredMs];
    const measured = { measuredMs, lowMs, highMs, repetitions: n };
    return [{ image, model, link, predictedMs, ...measured, error, wireBytes }];
  });
}

/** Size of the errors, their sign left out; undefined without any. */
export function errorSizes(
  timings: readonly Timing[],
): { readonly middle: number; readonly worst: Timing } | undefined {
  const middle = median(timings.map(({ error }) => Math.abs(error)));
  if (middle === undefined) return undefined;
  const worst = timings.reduce((a, b) => (Math.abs(b.error) > Math.abs(a.error) ? b : a));
  return { middle, worst };
}
