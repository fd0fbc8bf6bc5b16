import { UnavailableError } from '../../src/errors.ts';
import { formatNumber, plural } from '../../src/format.ts';
import { resolveLinks } from '../../src/links/mod.ts';
import { resolveModels } from '../../src/models/mod.ts';
import type { Run } from '../../src/results/read.ts';
import type { Environment, RunInfo } from '../../src/results/run.ts';
import type { Records } from '../records.ts';
import { recordsOf } from '../run-records.ts';
import { type Claim, judgeClaim, noCase } from './claim.ts';
import { claims } from './mod.ts';
import { type ClaimRow, rowOf } from './rows.ts';

/** Claims judged on a run that is there: what `bench claims` measures, and any other that holds what decides them. */

/** The rows of one claim, one for each kind of step. */
export async function rowsOfRun(
  claim: Claim,
  { info }: Run,
  records: Records,
  hasCases: boolean,
): Promise<readonly ClaimRow[]> {
  const { id, digest, description } = info.dataset;
  const verdicts =
    records.images.length === 0
      ? [noCase(claim, `no image of ${id} is to be had here`)]
      : await judgeClaim(claim, records, id);
  const remarkable = [
    ...(/\breconstruction\b/.test(description) ? ['a reconstruction'] : []),
    ...(/upgrade of one source package/.test(description)
      ? ['a step upgrades one source package']
      : []),
  ].join(', ');
  return verdicts.map((verdict) => {
    const { kind, word } = verdict;
    const isDecided = word !== 'undecided' && kind !== '-';
    const remark = isDecided ? claim.remark?.(records, kind) || undefined : undefined;
    return {
      ...rowOf(claim, `${id}@${digest}`, verdict, remark, hasCases),
      ...(remarkable === '' ? {} : { remarkable }),
      ...(claim.isTimed ? { machine: machineText(info.environment) } : {}),
    };
  });
}

/** `AMD EPYC, 2 cores, node 24.21.0; a reference loop took at most 1.13 times its best time` */
function machineText({ processor, cores, runtime, checks }: Environment): string {
  const machine = `${processor}, ${plural(cores, 'core')}, ${runtime}`;
  if (!checks) return machine;
  return `${machine}; a reference loop took at most ${formatNumber(1 + checks.slowestShare, 2)} times its best time`;
}

/** Those that records of these models and links can decide; none of an experiment, whose own answer is there. */
export function claimsOf({ models, links, experiment }: RunInfo): readonly Claim[] {
  const known = new Set(models.map(({ id }) => id));
  const named = new Set(links.map(({ id }) => id));
  return claims.filter((claim) => {
    if (claim.experiment !== undefined) return claim.experiment === experiment;
    const asked = resolveModels([...(claim.packed ?? []), ...(claim.swept ?? [])]);
    const over = resolveLinks(claim.links ?? []).map(({ name }) => name);
    return asked.every((id) => known.has(id)) && over.every((name) => named.has(name));
  });
}

/**
 * What the records of a run say by themselves, with every case: claims that are decided. One that looks into images is left
 * out, since a run does not keep them.
 */
export async function judgeRun(run: Run): Promise<readonly ClaimRow[]> {
  const records = recordsOf(run, {
    fetch: noImage,
    kept: (_, take) => take(),
  });
  const rows: ClaimRow[] = [];
  for (const claim of claimsOf(run.info)) {
    try {
      rows.push(...(await rowsOfRun(claim, run, records, true)));
    } catch (error) {
      if (!(error instanceof NoImage)) throw error;
    }
  }
  return rows.filter(({ verdict }) => verdict !== 'undecided');
}

class NoImage extends UnavailableError {}

function noImage(image: string): Promise<never> {
  throw new NoImage(`${image} is not kept by its run`, {}, 'judge it with bench claims');
}
