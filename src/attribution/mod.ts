export type { AttributedBytes, Attribution } from './account.ts';
export {
  type ExplainOptions,
  type Explanation,
  explainEach,
  explainSubject,
  type StoredBytes,
} from './explanation.ts';
export {
  EXPLAINED,
  type KeptExplanation,
  keepExplanation,
  keptOf,
  readExplanation,
} from './kept.ts';
export { CAUSES, type Cause } from './known.ts';
export type { Part } from './spans.ts';
export { readSubject } from './subject.ts';
