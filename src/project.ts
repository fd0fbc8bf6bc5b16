import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this code lies and what runs it. */

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The checkout or installation this code runs from: the nearest folder above with our package.json. */
export const projectDirectory: string = findProject(dirname(fileURLToPath(import.meta.url)));

/** Our package.json; empty where there is none. */
export function projectPackage(): Package {
  return readPackage(projectDirectory) ?? {};
}

/** `node 20.20.2` | `deno 2.9.5`. */
export function runtimeName(): string {
  const deno = (globalThis as { Deno?: { version: { deno: string } } }).Deno;
  return deno ? `deno ${deno.version.deno}` : `node ${process.versions.node}`;
}

function findProject(directory: string): string {
  if (readPackage(directory)?.name === 'ocibench') return directory;
  const parent = dirname(directory);
  return parent === directory ? process.cwd() : findProject(parent);
}

function readPackage(directory: string): Package | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Package;
  } catch {
    return undefined;
  }
}
