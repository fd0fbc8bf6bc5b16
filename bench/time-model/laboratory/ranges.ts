import { ask, rangeHeader } from './client.ts';

/** What a server makes of a range request. */
export interface RangeAnswer {
  readonly asked: string;
  readonly status: number;
  /** Body with what separates its parts. */
  readonly bytes: number;
  /** Answers several ranges by one body of several parts. */
  readonly isMultipart: boolean;
  /** False where the connection ended before as many bytes had come as the header says. */
  readonly isComplete: boolean;
}

/** Asks for one range, several, very many, a suffix and one that is not there (RFC 9110 §14) of a file of `size` bytes. */
export async function askRanges(
  port: number,
  path: string,
  size: number,
): Promise<readonly RangeAnswer[]> {
  const spread = (count: number): string =>
    rangeHeader(
      Array.from({ length: count }, (_, number) => ({
        offset: Math.floor((number * size) / count),
        length: 10,
      })),
    );
  const requests: readonly (readonly [string, string])[] = [
    ['one range', spread(1)],
    ['2 ranges', spread(2)],
    ['16 ranges', spread(16)],
    ['256 ranges', spread(256)],
    ['a suffix', 'bytes=-10'],
    ['a range past the end', `bytes=${size}-${size + 9}`],
  ];
  const answers: RangeAnswer[] = [];
  for (const [asked, range] of requests) {
    const { status, headers, body, isComplete } = await ask(
      port,
      path,
      { range },
      2 * size + (1 << 20),
    );
    const isMultipart = /^multipart\/byteranges/i.test(headers['content-type'] ?? '');
    answers.push({ asked, status, bytes: body.length, isMultipart, isComplete });
  }
  return answers;
}
