import { type Clock, systemClock, type Timer } from '../clock.ts';
import { BenchError, InputError, UnavailableError, VerificationError } from '../errors.ts';
import { limits } from '../limits.ts';

export interface RequestContext {
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the second attempt; doubles from there. */
  readonly backoffMs?: number;
  /** Milliseconds within which {@link STALL_BYTES} must come. */
  readonly stallMs?: number;
  /** Tells stalls and pauses; the machine's, unless given. */
  readonly clock?: Clock;
  /** What helps where the server refuses. */
  readonly remedy?: string;
  /** True where something has arrived that the next attempt goes on from. */
  readonly hasPart?: () => boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The server has no such file, as opposed to not answering. */
export class GoneError extends UnavailableError {}

const ATTEMPTS = 4;

/** The server asks for a pause. */
class BusyError extends Error {
  readonly pauseMs: number;

  constructor(status: number, pauseMs: number) {
    super(`HTTP ${status}`);
    this.pauseMs = pauseMs;
  }
}

/** A minute for these is 9 kbit/s: who is slower is not serving but holding on. */
const STALL_BYTES = 64 << 10;

/**
 * Reads one answer of a server by `read`. Throws a GoneError where the file is not there, an UnavailableError where it is
 * refused, and any other error where asking again may help: {@link persist} does.
 */
export async function request<Result>(
  url: string,
  headers: Readonly<Record<string, string>>,
  context: RequestContext,
  read: (answer: Answer) => Promise<Result>,
): Promise<Result> {
  const guard = new StallGuard(context.stallMs ?? limits.stallMs, context.clock ?? systemClock);
  const signals = [guard.signal, ...(context.signal ? [context.signal] : [])];
  try {
    const response = await context.fetch(url, {
      // Bytes are counted, verified, and continued where they stopped: none of that goes with another encoding.
      headers: { ...headers, 'Accept-Encoding': 'identity' },
      signal: AbortSignal.any(signals),
    });
    const { status } = response;
    const fault =
      status === 200 || status === 206
        ? otherEncoding(response, url)
        : refusal(response, url, context);
    if (fault) {
      await response.body?.cancel();
      throw fault;
    }
    const body = guard.watch((response.body ?? []) as AsyncIterable<Uint8Array>);
    return await read({ status, headers: response.headers, body });
  } finally {
    guard.end();
  }
}

/** Tries a few times, with pauses. What does not come by asking again is thrown at once. */
export async function persist<Result>(
  url: string,
  context: RequestContext,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    context.signal?.throwIfAborted();
    let pauseMs = (context.backoffMs ?? 500) * 2 ** (attempt - 1);
    try {
      return await work();
    } catch (error) {
      context.signal?.throwIfAborted();
      const isFinal = error instanceof BenchError && !(error instanceof VerificationError);
      if (isFinal || (attempt === ATTEMPTS && error instanceof BenchError)) throw error;
      if (isHopeless(error)) {
        const remedy = isUnknownHost(error)
          ? `check the network, or ${context.remedy ?? 'name another mirror'}`
          : (context.remedy ?? 'name another mirror');
        throw new UnavailableError(reasonOf(error), { url }, remedy, { cause: error });
      }
      if (attempt === ATTEMPTS) {
        const again = context.hasPart?.()
          ? '; what arrived is kept, run again to go on'
          : ', then run again';
        throw new UnavailableError(
          `download failed ${ATTEMPTS} times: ${reasonOf(error)}`,
          { url },
          `check the network${again}`,
          { cause: error },
        );
      }
      if (error instanceof BusyError) pauseMs = Math.max(pauseMs, error.pauseMs);
    }
    await pause(pauseMs, context);
  }
}

/** A body that is small where it is what it should be. Throws an InputError for more than `limits.manifestBytes`. */
export async function readBounded(answer: Answer, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const check = (bytes: number): void => {
    if (bytes <= limits.manifestBytes) return;
    throw new InputError(
      `an answer of more than ${limits.manifestBytes} bytes`,
      { url },
      'the server is no registry, or raise limits.manifestBytes',
    );
  };
  check(declaredLength(answer) ?? 0);
  for await (const chunk of answer.body) {
    size += chunk.length;
    check(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Certificates that are not believed: who serves them serves them again. */
const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF|ERR_TLS_CERT_)/;

/** A name that the name server answers nobody has: one that does not answer is told otherwise. Node's code, and Deno's words. */
const UNKNOWN_HOST = /^ENOTFOUND$|dns error: .*Name or service not known|nodename nor servname/;

/** What the runtime refuses before it asks, and what no other attempt would find changed. */
function isHopeless(error: unknown): boolean {
  const { code, message } = causeOf(error);
  return message === 'bad port' || CERTIFICATE.test(String(code)) || isUnknownHost(error);
}

function isUnknownHost(error: unknown): boolean {
  const { code, message } = causeOf(error);
  return UNKNOWN_HOST.test(String(code ?? message));
}

function causeOf(error: unknown): { readonly code?: unknown; readonly message?: unknown } {
  const { cause } = (error ?? {}) as { readonly cause?: unknown };
  return cause ?? {};
}

/** `fetch failed` alone says nothing: the cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

/** Encodings that one runtime undoes by itself and another does not (RFC 9110 §8.4.1). */
const DECODED = /\b(x-gzip|gzip|deflate|br|zstd|x-compress|compress)\b/i;

/** Undefined where the bytes are those of the file, or are called something that nobody undoes. */
function otherEncoding({ headers }: Response, url: string): Error | undefined {
  const encoding = headers.get('content-encoding') ?? '';
  if (!DECODED.test(encoding)) return undefined;
  return new UnavailableError(
    `the server sent content encoding '${encoding.slice(0, 100)}', and was asked for identity`,
    { url },
    'name another server or mirror, or have this one send files as they are',
  );
}

/** What the server says will come: bytes; undefined where it does not say. */
export function declaredLength({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const length = headers.get('content-length') ?? '';
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** Answers that may be another one soon, of those below 500; 202 is a server that still makes what it was asked for. */
const PASSING: ReadonlySet<number> = new Set([202, 408, 416, 425, 429]);
/** Answers of those from 500 on that stay: what was asked for, the server cannot do. */
const LASTING: ReadonlySet<number> = new Set([501, 505]);

/** Of the other answers only a busy server's may be another one soon. */
function refusal({ status, headers }: Response, url: string, context: RequestContext): Error {
  const remedy = context.remedy ?? 'name another mirror';
  if (status === 404 || status === 410) {
    return new GoneError(`not there (HTTP ${status})`, { url }, remedy);
  }
  const isLasting = status < 500 ? !PASSING.has(status) : LASTING.has(status);
  if (isLasting) return new UnavailableError(`refused (HTTP ${status})`, { url }, remedy);
  const pauseMs = retryAfterMs(headers.get('retry-after'));
  if (pauseMs <= limits.retryAfterMs) return new BusyError(status, pauseMs);
  return new UnavailableError(
    `HTTP ${status}, and the server asks to come again in ${Math.round(pauseMs / 1000)} s`,
    { url },
    context.hasPart?.() ? 'run again later: what arrived is kept' : 'run again later',
  );
}

/** Seconds or a date (RFC 9110 §10.2.3); 0 where there is neither. */
function retryAfterMs(header: string | null): number {
  if (header === null) return 0;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

/** Ends a request that brings next to nothing, be it by silence or drop by drop. */
class StallGuard {
  readonly #controller = new AbortController();
  readonly #timer: Timer;
  #pending = 0;

  constructor(ms: number, clock: Clock) {
    const reason = new Error(`next to nothing came in ${ms} ms`);
    this.#timer = clock.after(ms, () => this.#controller.abort(reason));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async *watch(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#pending += chunk.length;
      if (this.#pending >= STALL_BYTES) {
        this.#pending = 0;
        this.#timer.refresh();
      }
      yield chunk;
    }
  }

  end(): void {
    this.#timer.cancel();
  }
}

function pause(ms: number, { signal, clock = systemClock }: RequestContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
