import { PluginError, reasonOf } from '../../errors.ts';
import { stemOf } from '../../plugin-files.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { registerCharts } from './mod.ts';

/** Charts of one plug-in. @param file its name */
export function registerAddedCharts(file: string, more: readonly ChartMaker[]): void {
  registerCharts(more.map((make, number) => guarded(file, number, make)));
}

/** @param file name of the plug-in */
export function chartFault(file: string, what: string, cause?: unknown): PluginError {
  const remedy = 'fix the plug-in: src/report/charts/chart.ts states what a chart is';
  return new PluginError(`a chart of ${file} cannot be drawn: ${what}`, {}, remedy, { cause });
}

/** Holds a plug-in's chart to what a chart promises; what it throws is told as its fault. */
function guarded(file: string, number: number, make: ChartMaker): ChartMaker {
  return (view) => {
    let chart: Chart | undefined;
    try {
      chart = make(view);
    } catch (cause) {
      throw chartFault(file, `charts.${number} failed: ${reasonOf(cause)}`, cause);
    }
    if (chart === undefined) return undefined;
    const { name, title, question, caption, spec } = chart;
    const isNamed = new RegExp(`^${stemOf(file)}-[a-z0-9-]{1,60}$`).test(name);
    if (!isNamed) throw chartFault(file, `charts.${number} is not named ${stemOf(file)}-…`);
    for (const [field, text] of Object.entries({ title, question, caption })) {
      if (typeof text !== 'string' || text === '')
        throw chartFault(file, `${name} has no ${field}`);
    }
    if (typeof spec !== 'object') throw chartFault(file, `${name} has no spec`);
    return { ...chart, plugin: file };
  };
}
