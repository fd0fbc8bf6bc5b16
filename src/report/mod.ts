export { type Chart, charts, drawCharts } from './charts/mod.ts';
export type { ClaimJudge, ClaimPage } from './claims/page.ts';
export { writeExplained } from './explained/write.ts';
export { findingsText } from './findings.ts';
export {
  answerMarkdown,
  cutsMarkdown,
  producersMarkdown,
  speedMarkdown,
  summaryMarkdown,
  transparencyMarkdown,
} from './markdown.ts';
export { createPartialReports } from './partial.ts';
export { renderSvg } from './render.ts';
export { type Sentence, summarise } from './sentences/mod.ts';
export { writeSite } from './site.ts';
export { type SummaryRow, summaryCsv, summaryRows } from './summary.ts';
export { createView, type View } from './view.ts';
export { writeReport } from './write.ts';
