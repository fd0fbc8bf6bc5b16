import { claimPagesOf } from '../../bench/claims/pages.ts';
import { UsageError } from '../errors.ts';
import { shownPath } from '../progress.ts';
import { writeReport, writeSite } from '../report/mod.ts';
import { checkMeasured } from '../results/read.ts';
import { checkNewDirectory } from '../targets.ts';
import { type Details, EXIT, onlyPositional } from './command.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';

export const reportCommand: Details = {
  usage: '(DIR | --site NEW DIR…)',
  options: [
    {
      name: 'site',
      value: 'NEW',
      description:
        'a new directory: the reports of all runs named, with an index by dataset, claim, chunker and model, for any file server',
    },
    pluginOption,
  ],
  examples: [['report --site public reports/*', 'a site of every run below reports/']],
  async run(words, io) {
    const site = words.text('site');
    if (site === undefined) {
      const directory = onlyPositional(words, 'DIR');
      checkMeasured(directory);
      for (const path of await writeReport(directory, noteTo(io), claimPagesOf)) {
        io.out(`${shownPath(path)}\n`);
      }
      return EXIT['fine']!;
    }
    if (words.positionals.length === 0) {
      throw new UsageError('DIR is missing', {}, 'name the directories of runs');
    }
    checkNewDirectory(site);
    const { index, unread } = await writeSite(site, words.positionals, noteTo(io), claimPagesOf);
    io.out(`${shownPath(index)}\n`);
    return unread === 0 ? EXIT['fine']! : EXIT['different']!;
  },
};
