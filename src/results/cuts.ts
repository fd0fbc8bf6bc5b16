import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import type { RunModel } from './run.ts';

/**
 * Throws an InputError where the run in `directory` has figures of one of `models` from when its chunker cut otherwise under
 * the same id: they must not stand beside new ones. A directory without a run is fine.
 */
export function checkRevisions(
  directory: string,
  models: readonly Pick<RunModel, 'id' | 'revision'>[],
): void {
  const file = join(directory, 'run.json');
  for (const { id, revision = 1 } of models) {
    const before = measuredIn(file).find((model) => model?.id === id);
    if (!before || (before.revision ?? 1) === revision) continue;
    throw new InputError(
      `'${id}' was measured when its chunker cut otherwise (CHANGELOG, methodology)`,
      { file },
      'measure anew with --fresh, or give another --out',
    );
  }
}

function measuredIn(file: string): readonly (Partial<RunModel> | null)[] {
  try {
    const info = JSON.parse(readFileSync(file, 'utf8')) as { readonly models?: unknown };
    return Array.isArray(info.models) ? (info.models as readonly (Partial<RunModel> | null)[]) : [];
  } catch {
    // Whoever reads the run says what is wrong with it.
    return [];
  }
}
