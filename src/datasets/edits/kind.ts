import * as z from 'zod';
import { nearest } from '../../ids.ts';
import { shortened } from '../../listed.ts';
import { isTime } from '../../trees/ranges.ts';
import { comparePaths, type Inode, type Tree } from '../../trees/tree.ts';

/** What all kinds of edits are made of. */

/** One kind and what it is given: `{"touch": "2026-01-01T00:00:00Z"}`. `draw` stands for one of the others. */
export type Edit = Readonly<Record<string, unknown>>;

export interface EditKind<Value> {
  readonly name: string;
  readonly value: z.ZodType<Value>;
  /** The path that must be in the image; undefined for edits of every entry. */
  readonly path?: (value: Value) => string | undefined;
  /** True where that path must be a regular file. */
  readonly isOfFiles?: true;
  /** The path that must not be in the image, but the directory around it. */
  readonly newPath?: (value: Value) => string;
  /** Last byte of the file that must be there, from 1. */
  readonly reach?: (value: Value) => number;
  /** A path that a tree has not so is left alone: a layer below may lack it. */
  apply(tree: Tree, value: Value): Tree;
}

/** What to say of a word that is none of the known ones. */
export function unknownMember(what: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  const hint = meant === undefined ? '' : `did you mean '${meant}'? `;
  return `unknown ${what} '${shortened(word)}': ${hint}known are ${known.join(', ')}`;
}

/** `2026-01-01T00:00:00Z`: whole seconds, as builders set them. */
export const time: z.ZodType<string> = z.iso.datetime({ precision: 0 }).refine(
  // What is no time at all is refused as such.
  (text) => Number.isNaN(Date.parse(text)) || isTime(nanoseconds(text)),
  'give a time from 1678 to 2261',
);
/** As in the tree: below the root, without a slash at either end. */
export const path: z.ZodType<string> = z
  .string()
  .regex(/^[^/]+(\/[^/]+)*$/, 'give a path below the root, such as usr/bin/env');
export const seed: z.ZodType<number> = z.int().min(0).max(0xffff_ffff);

export function nanoseconds(text: string): bigint {
  return BigInt(Date.parse(text)) * 1_000_000n;
}

/** Text of a manifest → the latin1 form of a tree's paths. */
export function treePath(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function parentOf(own: string): string {
  return own.slice(0, Math.max(0, own.lastIndexOf('/')));
}

/** Both in one form. */
export function isAtOrBelow(candidate: string, directory: string): boolean {
  return candidate === directory || candidate.startsWith(`${directory}/`);
}

/** Hardlinks stay one inode, changed under all of its names where `isMeant` says so of one. */
export function mapInodes(
  tree: Tree,
  map: (inode: Inode) => Inode,
  isMeant: (path: string) => boolean = () => true,
): Tree {
  const meant = new Map<Inode, Inode>();
  for (const { path: own, inode } of tree.entries) {
    if (isMeant(own) && !meant.has(inode)) meant.set(inode, map(inode));
  }
  const entries = tree.entries.map(({ path: own, inode }) => ({
    path: own,
    inode: meant.get(inode) ?? inode,
  }));
  return { ...tree, entries };
}

/** The inode at a path under all of its names. */
export function mapInode(tree: Tree, text: string, map: (inode: Inode) => Inode): Tree {
  const named = treePath(text);
  return mapInodes(tree, map, (own) => own === named);
}

export function inodeAt(tree: Tree, text: string): Inode | undefined {
  const named = treePath(text);
  return tree.entries.find((entry) => entry.path === named)?.inode;
}

/** In the order of a tree. */
export function sorted(entries: Tree['entries']): Tree['entries'] {
  return entries.toSorted((a, b) => comparePaths(a.path, b.path));
}
