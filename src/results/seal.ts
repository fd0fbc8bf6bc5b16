import { createHash } from 'node:crypto';

/** What `records.jsonl` was when its run ended. */
export interface Seal {
  /** Lines. */
  readonly count: number;
  /** `sha256:…` of the file. */
  readonly digest: string;
}

export function sealOf(text: string): Seal {
  const sealing = new Sealing();
  sealing.add(text);
  return sealing.end();
}

/** Takes the file in parts. */
export class Sealing {
  readonly #hash = createHash('sha256');
  #count = 0;

  add(text: string): void {
    this.#hash.update(text);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#count++;
  }

  end(): Seal {
    return { count: this.#count, digest: `sha256:${this.#hash.digest('hex')}` };
  }
}

/** What became of the file since; undefined where it is as it was, or the run has not ended or is of a version without seals. */
export function damageOf(sealed: Seal | undefined, found: Seal): string | undefined {
  if (sealed === undefined || sealed.digest === found.digest) return undefined;
  const missing = sealed.count - found.count;
  const what = missing > 0 ? `${missing} of ${sealed.count} records are missing` : 'it was edited';
  return `records.jsonl is not as the run left it: ${what}`;
}
