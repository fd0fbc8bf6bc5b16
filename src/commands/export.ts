import { findMember } from '../ids.ts';
import { EXPORT_FORMATS, exportRun } from '../report/export.ts';
import { checkMeasured } from '../results/read.ts';
import { type Details, EXIT, onlyPositional } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

export const exportCommand: Details = {
  usage: 'DIR --format (csv|md|json|latex|vega)',
  options: [
    {
      name: 'format',
      value: 'NAME',
      description:
        'csv (default), md, json, latex (tables with captions) or vega (Vega-Lite specifications by chart)',
    },
    pluginOption,
  ],
  examples: [['export reports/example --format md', 'for an issue or a specification']],
  async run(words, io) {
    const directory = onlyPositional(words, 'DIR');
    const format = findMember('format', EXPORT_FORMATS, words.text('format') ?? 'csv').name;
    checkMeasured(directory);
    io.out(await exportRun(directory, format, noteTo(io)));
    return EXIT['fine']!;
  },
};
