import { createHash } from 'node:crypto';
import type { Test } from 'uvu';
import { Cache } from '../images/cache.ts';
import { directorySuite, type InDirectory } from './directory.ts';

/** A cache in a directory of its own for each test. */
export function cacheSuite(name: string): Test<InDirectory & { cache: Cache }> {
  const test = directorySuite<InDirectory & { cache: Cache }>(name);
  test.before.each((context) => {
    context.cache = new Cache(context.directory);
  });
  return test;
}

export const content: Uint8Array<ArrayBuffer> = new Uint8Array(10_000).map(
  (_, index) => index * 31,
);
export const digest: string = `sha256:${createHash('sha256').update(content).digest('hex')}`;
export const wanted: Readonly<Record<'url' | 'digest', string>> & { readonly size: number } = {
  url: 'http://127.0.0.1/blob',
  digest,
  size: content.length,
};

/** A server as a function: each answer in turn, the last one for ever. Requests are noted. */
export function serve(...answers: readonly ((start: number) => Response)[]): {
  readonly fetch: typeof fetch;
  readonly ranges: (string | null)[];
} {
  const ranges: (string | null)[] = [];
  const answer = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const range = new Headers(init?.headers).get('range');
    ranges.push(range);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    return answers[Math.min(ranges.length, answers.length) - 1]!(start);
  };
  return { fetch: answer as typeof fetch, ranges };
}

export const part = (start: number, end: number = content.length): Response =>
  new Response(content.slice(start, end), {
    status: start > 0 ? 206 : 200,
    headers: start > 0 ? { 'content-range': `bytes ${start}-${end - 1}/${content.length}` } : {},
  });
export const all = (): Response => part(0);

export const noPause: { readonly backoffMs: number } = { backoffMs: 0 };
