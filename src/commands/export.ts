import { issueOf } from '../../bench/claims/pages.ts';
import { findMember } from '../ids.ts';
import { EXPORT_FORMATS, type ExportFormat, exportRun } from '../report/export.ts';
import { checkMeasured } from '../results/read.ts';
import { type Details, EXIT, type Io, onlyPositional } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

export const exportCommand: Details = {
  usage: 'DIR [CLAIM] --format (csv|md|json|latex|vega|issue)',
  options: [
    {
      name: 'format',
      value: 'NAME',
      description:
        'csv (default), md, json, latex (tables with captions), vega (Vega-Lite specifications by chart) or issue (2 kB of Markdown to paste, of the run or of one claim)',
    },
    pluginOption,
  ],
  examples: [
    ['export reports/example --format md', 'for a specification'],
    ['export reports/example C01 --format issue', 'one claim on this run, for an issue'],
  ],
  async run(words, io) {
    const format = findMember('format', EXPORT_FORMATS, words.text('format') ?? 'csv').name;
    const [directory, claim, ...rest] = words.positionals;
    if (format === 'issue' && directory !== undefined && claim !== undefined && !rest[0]) {
      checkMeasured(directory);
      io.out(await issueOf(directory, claim, noteTo(io)));
      return EXIT['fine']!;
    }
    return exportWhole(onlyPositional(words, 'DIR'), format, io);
  },
};

async function exportWhole(directory: string, format: ExportFormat, io: Io): Promise<number> {
  checkMeasured(directory);
  io.out(await exportRun(directory, format, noteTo(io)));
  return EXIT['fine']!;
}
