import type { Word } from './judge.ts';

/** What one dataset, and one kind of its steps, say of a claim. */
export interface PlaceVerdict {
  /** Id of the dataset. */
  readonly dataset: string;
  /** What its steps are of; `-` where there is no case. */
  readonly kind: string;
  readonly word: Word;
  /** `depends on the cost of a request`. */
  readonly text: string;
}

/** What several say of it. */
export interface AcrossVerdict {
  readonly word: Word;
  /** `confirmed`, `depends on the dataset`; of several dependences `depends`, and `where` has on what. */
  readonly text: string;
  /** Where it holds: `debian-updates update; too close on alpine release`. undefined where all say the same. */
  readonly where: string | undefined;
}

/** What says most of a claim stands first; places of the same verdict are told together. */
const ORDER: readonly Word[] = ['depends', 'confirmed', 'refuted', 'too close', 'undecided'];

/**
 * A verdict over places. It flips between them where one confirms and another refutes, and nowhere else: one that is too
 * close or undecided says nothing against the others, and is told beside them.
 */
export function judgeAcross(all: readonly PlaceVerdict[]): AcrossVerdict {
  if (all.length === 0) return { word: 'undecided', text: 'undecided', where: undefined };
  const groups = groupsOf(all);
  const [first, second] = groups;
  const said = groups.map(({ text, places }) => `${text} on ${places}`);
  const isFlip = ['confirmed', 'refuted'].every((word) => all.some((one) => one.word === word));
  if (isFlip) {
    return { word: 'depends', text: `depends on ${flipsOver(all)}`, where: said.join('; ') };
  }
  const { word, text, places } = first!;
  if (!second) return { word, text, where: undefined };
  if (second.word === 'depends') {
    const where = said.map((one) => one.replace(/^depends /, '')).join('; ');
    return { word, text: 'depends', where };
  }
  return { word, text, where: [places, ...said.slice(1)].join('; ') };
}

/** `confirmed (debian-updates update; too close on alpine release)` */
export function acrossText({ text, where }: AcrossVerdict): string {
  return where === undefined ? text : `${text} (${where})`;
}

interface Group {
  readonly word: Word;
  readonly text: string;
  readonly places: string;
}

function groupsOf(all: readonly PlaceVerdict[]): readonly Group[] {
  const texts = [...new Set(all.map(({ text }) => text))];
  return texts
    .map((text): Group => {
      const own = all.filter((one) => one.text === text);
      return { word: own[0]!.word, text, places: own.map(placeName).join(', ') };
    })
    .toSorted((a, b) => ORDER.indexOf(a.word) - ORDER.indexOf(b.word));
}

/** `debian-updates update`. */
export function placeName({ dataset, kind }: Pick<PlaceVerdict, 'dataset' | 'kind'>): string {
  // `edits edit` says it twice.
  const isSaid = kind === '-' || (dataset === 'edits' && kind === 'edit');
  return isSaid ? dataset : `${dataset} ${kind}`;
}

/** Updates of a dataset that confirm, and its releases that refute, are one dataset. */
function flipsOver(all: readonly PlaceVerdict[]): string {
  const isPure = (key: (one: PlaceVerdict) => string): boolean => {
    const keysOf = (word: Word): readonly string[] =>
      all.filter((one) => one.word === word).map(key);
    const refuted = new Set(keysOf('refuted'));
    return !keysOf('confirmed').some((own) => refuted.has(own));
  };
  if (isPure(({ dataset }) => dataset)) return 'the dataset';
  if (isPure(({ kind }) => kind)) return 'the kind of step';
  return 'the dataset and the kind of step';
}
