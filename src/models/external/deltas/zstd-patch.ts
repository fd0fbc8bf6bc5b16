import { runTool, type Tool } from '../tool.ts';
import { DELTA, type DeltaFormat, FROM, predecessorsParameter, TO } from './delta.ts';
import { checkPatched } from './lengths.ts';

/** `--patch-from` came with 1.4.5. */
const tool: Tool = {
  name: 'zstd',
  package: 'zstd',
  probe: ['zstd', '--version'],
  version: /v(\d+(?:\.\d+)*)/,
  minimum: '1.4.5',
};

export const zstdPatch: DeltaFormat = {
  name: 'zstd-patch',
  title: 'zstd --patch-from deltas between tars; cold clients take tar-zstd',
  source: 'facebook/zstd, wiki "Zstandard as a patching engine"',
  parameters: [
    {
      name: 'level',
      kind: 'integer',
      description: 'effort',
      default: 19,
      minimum: 1,
      maximum: 22,
    },
    predecessorsParameter,
  ],
  tools: [tool],
  checkLengths: checkPatched,
  make: (directory, _lengths, { level }) =>
    runTool(directory, [
      ...['zstd', '-q', '--single-thread', '--ultra', `-${level}`, '--long=31'],
      ...[`--patch-from=${FROM}`, TO, '-o', DELTA],
    ]),
  apply: (directory) =>
    runTool(directory, [
      ...['zstd', '-q', '-d', '--long=31', `--patch-from=${FROM}`, DELTA, '-o', TO],
    ]),
};
