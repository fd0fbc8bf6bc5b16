import type { Records } from '../records.ts';
import { SERIES } from './axes.ts';
import type { OpenCase } from './claim.ts';

/**
 * Series that the images of a dataset belong to: runs that end at a declared start, or, where none is declared, at a release.
 * What holds for one product or distribution may hold for all of its images, which are then no observations of their own.
 *
 * @returns name by image: what the ids of a series begin with alike, or the id of its first image
 */
export function seriesOf({
  images,
  steps,
  starts,
}: Pick<Records, 'images' | 'steps' | 'starts'>): ReadonlyMap<string, string> {
  const releases = steps.filter(({ kind }) => kind === 'release').map(({ image }) => image);
  const ends = new Set(starts.length > 0 ? starts : releases);
  const all: string[][] = [];
  for (const image of images) {
    if (all.length === 0 || ends.has(image)) all.push([image]);
    else all.at(-1)!.push(image);
  }
  const names = all.map(nameOf);
  return new Map(
    all.flatMap((own, place) => {
      const isOwn = names.indexOf(names[place]!) === names.lastIndexOf(names[place]!);
      const name = isOwn ? names[place]! : own[0]!;
      return own.map((image): [string, string] => [image, name]);
    }),
  );
}

function nameOf(images: readonly string[]): string {
  const parts = images.map((image) => image.split('-'));
  const [first] = parts;
  const alike = first!.findIndex((part, place) => parts.some((own) => own[place] !== part));
  return images.length > 1 && alike > 0 ? first!.slice(0, alike).join('-') : images[0]!;
}

/**
 * Cases with the series of their step as a parameter, where there are several, and fewer than steps.
 * @param isUnit series are counted in place of steps, also where there is one alone
 */
export function withSeries(
  cases: readonly OpenCase[],
  series: ReadonlyMap<string, string>,
  isUnit: boolean,
): readonly OpenCase[] {
  const steps = new Set(cases.map(({ step }) => step));
  const names = new Set([...steps].map((step) => series.get(step)));
  const isTold = names.size < steps.size && !names.has(undefined) && (isUnit || names.size > 1);
  if (!isTold || cases.some(({ parameters }) => SERIES.name in parameters)) return cases;
  return cases.map((one) => ({
    ...one,
    parameters: { ...one.parameters, [SERIES.name]: series.get(one.step)! },
  }));
}
