import { runTool, type Tool } from '../tool.ts';
import { DELTA, type DeltaFormat, FROM, predecessorsParameter, TO } from './delta.ts';
import { checkPatched } from './lengths.ts';

const tool: Tool = {
  name: 'xdelta3',
  package: 'xdelta3',
  probe: ['xdelta3', '-V'],
  version: /Xdelta version (\d+(?:\.\d+)*)/,
  minimum: '3.0.9',
};

/** The default window of 64 MiB would hide most of a distribution's tar from the matcher. */
function sourceWindow(length: number): readonly string[] {
  const least = 64 << 20;
  return ['-B', String(2 ** Math.max(Math.log2(least), Math.ceil(Math.log2(length))))];
}

export const xdelta3: DeltaFormat = {
  name: 'xdelta3',
  title: 'VCDIFF deltas between tars; cold clients take tar-zstd',
  source: 'RFC 3284; jmacd/xdelta',
  parameters: [
    {
      name: 'level',
      kind: 'integer',
      description: 'effort of matching',
      default: 9,
      minimum: 1,
      maximum: 9,
    },
    {
      name: 'secondary',
      kind: 'word',
      description: 'compressor of the delta',
      default: 'lzma',
      words: ['lzma', 'djw', 'none'],
    },
    predecessorsParameter,
  ],
  tools: [tool],
  checkLengths: checkPatched,
  // An application header would name the files.
  make: (directory, { from }, { level, secondary }) =>
    runTool(directory, [
      ...['xdelta3', '-e', '-q', '-A', `-${level}`, '-S', String(secondary)],
      ...[...sourceWindow(from), '-s', FROM, TO, DELTA],
    ]),
  apply: (directory, { from }) =>
    runTool(directory, ['xdelta3', '-d', '-q', ...sourceWindow(from), '-s', FROM, DELTA, TO]),
};
