import { type Member, type Resolved, resolve } from '../../ids.ts';
import type { Model } from '../model.ts';
import { bsdiff } from './bsdiff.ts';
import { createDeltaModel } from './delta.ts';
import { erofs } from './erofs.ts';
import { createFileSystemModel, type FileSystem } from './file-system.ts';
import { createRecut, recut } from './recut.ts';
import { squashfs } from './squashfs.ts';
import { tarDiff } from './tar-diff.ts';
import { createTarSplit, tarSplit } from './tar-split.ts';
import { xdelta3 } from './xdelta3.ts';
import { zstdPatch } from './zstd-patch.ts';

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
