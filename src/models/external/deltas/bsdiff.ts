import { runTool, type Tool } from '../tool.ts';
import { DELTA, type DeltaFormat, FROM, predecessorsParameter, TO } from './delta.ts';
import { checkBsdiff } from './lengths.ts';

/** Neither program states a version; without words both print their usage. */
const tools: readonly Tool[] = ['bsdiff', 'bspatch'].map((name) => ({
  name,
  package: 'bsdiff',
  probe: [name],
}));

export const bsdiff: DeltaFormat = {
  name: 'bsdiff',
  title: 'bsdiff 4 deltas between tars; cold clients take tar-zstd',
  source: 'Percival, Naive differences of executable code (2003)',
  parameters: [predecessorsParameter],
  tools,
  checkLengths: checkBsdiff,
  make: (directory) => runTool(directory, ['bsdiff', FROM, TO, DELTA]),
  apply: (directory) => runTool(directory, ['bspatch', FROM, TO, DELTA]),
};
