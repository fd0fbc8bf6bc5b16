import type { Word } from './judge.ts';

/** What one dataset, and one kind of its steps, say of a claim. */
export interface PlaceVerdict {
  /** `debian-updates`, `alpine (release)`. */
  readonly place: string;
  readonly word: Word;
  /** `depends on the cost of a request`. */
  readonly text: string;
}

/** What several say of it: where it holds. */
export interface AcrossVerdict {
  readonly word: Word;
  readonly text: string;
  /** `confirmed on A; refuted on B`. */
  readonly where: string | undefined;
}

/** A verdict over datasets. Places that are undecided are left out, unless all are. */
export function judgeAcross(all: readonly PlaceVerdict[]): AcrossVerdict {
  const decided = all.filter(({ word }) => word !== 'undecided');
  if (decided.length === 0) return { word: 'undecided', text: 'undecided', where: undefined };
  const texts = [...new Set(decided.map(({ text }) => text))];
  const where = texts
    .map((text) => {
      const places = decided.filter((one) => one.text === text).map(({ place }) => place);
      return `${text} on ${places.join(', ')}`;
    })
    .join('; ');
  const [first] = decided;
  if (texts.length === 1) return { word: first!.word, text: first!.text, where };
  return { word: 'depends', text: 'depends on the dataset', where };
}
