import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METHOD } from '../method.ts';
import { projectPackage, runtimeName } from '../project.ts';

let version: string | undefined;

/**
 * What a kept packing summary depends on besides image and model: all code (what packs imports most of it), its dependencies, the runtime (whose
 * own zstd may be used) and the methodology. Of another version none is used.
 */
export function codeVersion(): string {
  version ??= digestCode();
  return version;
}

function digestCode(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter(isCode).sort()) {
    hash.update(`${file}\n`);
    hash.update(readFileSync(join(root, file)));
  }
  const { dependencies } = projectPackage();
  hash.update(JSON.stringify([METHOD, runtimeName(), dependencies]));
  return hash.digest('hex');
}

function isCode(file: string): boolean {
  return /\.(js|ts)$/.test(file) && !/\.(test|d)\.(js|ts)$|(^|\/)testing\//.test(file);
}
