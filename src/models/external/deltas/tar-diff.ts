import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../../limits.ts';
import { MemorySource } from '../../../streams/source.ts';
import { applyLayers } from '../../../trees/layers.ts';
import { readTar } from '../../../trees/tar.ts';
import type { Tree } from '../../../trees/tree.ts';
import { writeFile } from '../../../write-whole.ts';
import { DELTA, type DeltaFormat, FROM, predecessorsParameter, TO } from './delta.ts';
import { type PatchStep, patchFiles, patchTools } from './file-patches.ts';
import { checkTarDiff } from './lengths.ts';
import { threadMs } from './processor-time.ts';
import { type Base, filesOf, findBases } from './similar-files.ts';
import { applyTarDiff, TarDiffWriter } from './tar-diff-format.ts';

/**
 * tar-diff: headers as they are, contents from the files of the old tree, which need not be in a tar any more. Written in
 * the format of containers/tar-diff, so that tar-patch applies it; patches of files by bsdiff.
 */
export const tarDiff: DeltaFormat = {
  name: 'tar-diff',
  title: 'bsdiff of each changed file between tars; cold clients take tar-zstd',
  source: 'containers/tar-diff, file-format.md',
  parameters: [
    {
      name: 'level',
      kind: 'integer',
      description: 'of zstd, which compresses the delta',
      default: 3,
      minimum: 1,
      maximum: 22,
    },
    predecessorsParameter,
  ],
  tools: patchTools,
  checkLengths: checkTarDiff,

  async make(directory, _lengths, { level }) {
    const start = threadMs();
    const old = filesOf(readTree(directory));
    const tar = new Uint8Array(readFileSync(join(directory, TO)));
    const files = basedFiles(tar, old);
    const { patches, ms } = await patchFiles(
      directory,
      files
        .filter(isPatched)
        .map(({ base, content }) => ({ from: base.file.content, to: content })),
    );
    const delta = writeOperations(tar, files, patches);
    writeFile(join(directory, DELTA), await delta.finish(Number(level)));
    return ms + threadMs() - start;
  },

  async apply(directory) {
    const start = threadMs();
    const old = filesOf(readTree(directory));
    const contents = new Map(Array.from(old, ([path, { content }]) => [path, content]));
    const delta = new Uint8Array(readFileSync(join(directory, DELTA)));
    writeFile(join(directory, TO), await applyTarDiff(delta, contents));
    return threadMs() - start;
  },
};

/** A file of the new tar whose content is taken from an old one. */
interface BasedFile {
  readonly offset: number;
  readonly content: Uint8Array;
  readonly base: Base;
}

function readTree(directory: string): Tree {
  return applyLayers([new MemorySource(readFileSync(join(directory, FROM)))]);
}

/** In the order of the tar. */
function basedFiles(tar: Uint8Array, old: Parameters<typeof findBases>[0]): readonly BasedFile[] {
  const baseOf = findBases(old);
  return readTar(new MemorySource(tar)).entries.flatMap(({ path, type, segments: [segment] }) => {
    if (type !== 'file' || !segment) return [];
    const { offset, length } = segment;
    const content = tar.subarray(offset, offset + length);
    const base = baseOf(path, content);
    return base ? [{ offset, content, base }] : [];
  });
}

/** Longer files that changed are sent whole. */
function isPatched({ base, content }: BasedFile): boolean {
  const longest = Math.max(base.file.content.length, content.length);
  return !base.isEqual && longest <= limits.bsdiffBytes;
}

/** @param patches of those that {@link isPatched}, in order */
function writeOperations(
  tar: Uint8Array,
  files: readonly BasedFile[],
  patches: readonly (readonly PatchStep[])[],
): TarDiffWriter {
  const writer = new TarDiffWriter();
  const patchOf = patches.values();
  let done = 0;
  for (const one of files) {
    const { offset, content, base } = one;
    const { path } = base.file;
    if (!base.isEqual && !isPatched(one)) continue;
    writer.data(tar.subarray(done, offset));
    done = offset + content.length;
    if (base.isEqual) {
      writer.seek(path, 0);
      writer.copy(content.length);
      continue;
    }
    let position = 0;
    for (const { differences, extra, skip } of patchOf.next().value ?? []) {
      if (differences.length > 0) {
        writer.seek(path, position);
        writer.add(differences);
      }
      writer.data(extra);
      position += differences.length + skip;
    }
  }
  writer.data(tar.subarray(done));
  return writer;
}
