import { clientWith } from '../measures/clients.ts';
import { STEP_KINDS, type StepKind } from '../measures/steps.ts';
import type { ResultRecord } from './record.ts';

/** A step of a series as its records have it. */
export interface SeriesStep {
  /** The image that it leads to. */
  readonly image: string;
  readonly kind: KnownKind;
}

/** `unknown` of steps whose images could not be read, and of some older runs: no mean is taken over them. */
export type KnownKind = StepKind | 'unknown';

/** In the order of reports. */
export const KNOWN_KINDS: readonly KnownKind[] = [...STEP_KINDS, 'unknown'];

/** False of a step that nobody pulls: back to the image before an edit, and to the first image of another series. */
export function isPulled(kind: KnownKind): boolean {
  return kind !== 'return' && kind !== 'start';
}

/** The steps of a series, in its order: each image but the first. @param images ids of all that were asked for */
export function stepsOf(
  images: readonly string[],
  records: readonly ResultRecord[],
): readonly SeriesStep[] {
  const kinds = new Map<string, KnownKind>();
  const shares = new Map<string, number>();
  for (const record of records) {
    if (record.model !== '*' || !('value' in record)) continue;
    const { image, client, measure, value } = record;
    const kind = STEP_KINDS.find((one) => one === value);
    if (measure === 'step.kind' && kind) kinds.set(image, kind);
    if (measure === 'image.shared_file_share') shares.set(`${image} ${client}`, Number(value));
  }
  return images.slice(1).map((image, before) => {
    // Runs that were measured before steps had a kind know what decides it.
    const share = shares.get(`${image} ${clientWith(images[before]!)}`);
    const computed = share === undefined ? 'unknown' : share >= 0.5 ? 'update' : 'release';
    return { image, kind: kinds.get(image) ?? computed };
  });
}

/** Images by the kind of the step to them, kinds in the order of reports. */
export interface StepGroup {
  readonly kind: KnownKind;
  readonly images: readonly string[];
  /** The kind is unknown since a run that has not ended did not come to it. */
  readonly isPending?: boolean;
}

export function groupSteps(steps: readonly SeriesStep[]): readonly StepGroup[] {
  return KNOWN_KINDS.map((kind) => ({
    kind,
    images: steps.filter((step) => step.kind === kind).map(({ image }) => image),
  })).filter(({ images }) => images.length > 0);
}
