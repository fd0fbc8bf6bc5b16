import { type Member, type Resolved, resolve } from '../../ids.ts';
import type { Model } from '../model.ts';
import { bsdiff } from './deltas/bsdiff.ts';
import { createDeltaModel } from './deltas/delta.ts';
import { tarDiff } from './deltas/tar-diff.ts';
import { xdelta3 } from './deltas/xdelta3.ts';
import { zstdPatch } from './deltas/zstd-patch.ts';
import { erofs } from './file-systems/erofs.ts';
import { createFileSystemModel, type FileSystem } from './file-systems/file-system.ts';
import { createRecut, recut } from './file-systems/recut.ts';
import { squashfs } from './file-systems/squashfs.ts';
import { createTarSplit, tarSplit } from './tar-split/tar-split.ts';

/** A model made by programs that others wrote and the system's package manager installs. */
export interface ExternalModel {
  readonly member: Member;
  create(resolved: Resolved<Member>): Promise<Model>;
}

/** To add one: a file, a row here, and its row in METHODS.md. */
const externalModels: readonly ExternalModel[] = [
  ...[squashfs, erofs].map(fileSystemModel),
  { member: recut, create: async ({ id, values }) => createRecut(id, values) },
  { member: tarSplit, create: async ({ id, values }) => createTarSplit(id, values) },
  ...[xdelta3, bsdiff, zstdPatch, tarDiff].map((format) => ({
    member: format,
    create: ({ id, values }: Resolved<Member>) => createDeltaModel(id, format, values),
  })),
];

function fileSystemModel(format: FileSystem): ExternalModel {
  return {
    member: format,
    create: async ({ id, values }) => createFileSystemModel(id, format, values),
  };
}

export const externalMembers: readonly Member[] = externalModels.map(({ member }) => member);

/** True where the text names an external model, whatever its parameters. */
export function isExternal(text: string): boolean {
  return externalMembers.some(({ name }) => name === text.split(':')[0]);
}

/** Canonical id. Throws a UsageError for illegal parameters. */
export function resolveExternal(text: string): string {
  return resolve('model', externalMembers, text).id;
}

export function createExternal(id: string): Promise<Model> {
  const resolved = resolve('model', externalMembers, id);
  return externalModels.find(({ member }) => member === resolved.member)!.create(resolved);
}
