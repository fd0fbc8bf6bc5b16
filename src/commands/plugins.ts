import type { ExperimentParts } from '../../bench/experiment.ts';
import type { Registers } from '../plugins/load.ts';
import type { Option, Words } from './command.ts';

export const pluginOption: Option = {
  name: 'plugin',
  value: 'FILE',
  multiple: true,
  description: 'adds what a .ts or .js file defines: chunkers, codecs … (see docs/plug-ins.md)',
};

/** Loads what the command line names, before anything is looked up. */
export async function loadNamed(words: Words): Promise<void> {
  const paths = words.texts(pluginOption.name);
  if (paths.length === 0) return;
  // All of the tree, which most commands need a part of.
  const { registerExperiments } = await import('../../bench/mod.ts');
  const verdict = await import('../../bench/verdict.ts');
  const { loadPlugins } = await import('../plugins/load.ts');
  const { registers } = await import('../plugins/registers.ts');
  const all: Registers = {
    ...registers,
    experiments: (parts: readonly ExperimentParts[]) => registerExperiments(parts),
  };
  await loadPlugins(paths, all, { verdict });
}
