import type { Run } from '../results/read.ts';
import { createView, drawCharts, renderSvg, summarise } from './mod.ts';
import type { Sentence } from './sentences/mod.ts';

/** A chart that a run has data for. */
export interface ChartOfRun {
  /** `stored-bytes`: the file below `charts/` without its ending. */
  readonly name: string;
  /** Heading. */
  readonly title: string;
  /** What it answers. */
  readonly question: string;
  /** What is shown, in which unit, and compared with what. */
  readonly caption: string;
  /** Draws it: the same bytes on every runtime. */
  svg(): Promise<string>;
}

/** The charts of a run, in the order of its report. */
export function chartsOf({ info, records, verdict }: Run): readonly ChartOfRun[] {
  return drawCharts(createView(info, records, verdict)).map((chart) => {
    const { name, title, question, caption } = chart;
    return { name, title, question, caption, svg: () => renderSvg(chart) };
  });
}

/** What the records of a run say, in words. */
export function sentencesOf({ info, records, verdict }: Run): readonly Sentence[] {
  return summarise(createView(info, records, verdict));
}
