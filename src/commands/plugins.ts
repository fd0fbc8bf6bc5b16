import type { ExperimentParts } from '../../bench/experiment.ts';
import { registerExperiments } from '../../bench/mod.ts';
import * as verdict from '../../bench/verdict.ts';
import { loadPlugins, type Registers } from '../plugins/load.ts';
import { registers } from '../plugins/registers.ts';
import type { Option, Words } from './command.ts';

export const pluginOption: Option = {
  name: 'plugin',
  value: 'FILE',
  multiple: true,
  description:
    'adds what a .ts or .js file defines: chunkers, codecs … (see Plug-ins in README.md)',
};

/** Loads what the command line names, before anything is looked up. */
export async function loadNamed(words: Words): Promise<void> {
  const all: Registers = {
    ...registers,
    experiments: (parts: readonly ExperimentParts[]) => registerExperiments(parts),
  };
  await loadPlugins(words.texts(pluginOption.name), all, { verdict });
}
