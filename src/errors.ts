import { constants } from 'node:os';

/**
 * The few errors a user can meet. Each says what went wrong, where, and what to do about it; anything that is not one of
 * these is a bug in ocibench.
 */

import { limits } from './limits.ts';
import { shortened } from './listed.ts';

/** Where a fault lies; only the known parts are given. `offset` is in bytes, `line` counts from 1. */
export interface Where {
  /** Path. */
  readonly file?: string;
  /** Of the file. */
  readonly line?: number;
  /** Dotted path of a value in a document. */
  readonly field?: string;
  /** Id. */
  readonly dataset?: string;
  /** Id. */
  readonly image?: string;
  /** Image that a delta is made from. */
  readonly from?: string;
  /** Digest. */
  readonly layer?: string;
  /** Path in the tree of the image. */
  readonly entry?: string;
  /** In the file or stream. */
  readonly offset?: number;
  /** Address that was asked. */
  readonly url?: string;
  /** Canonical id. */
  readonly model?: string;
}

/** The base of all typed faults. Its message says what went wrong. */
export class BenchError extends Error {
  /** What is known of the place. */
  readonly where: Where;
  /** What to do about it; empty where nothing is known. */
  readonly remedy: string;
  /** Process exit code that the command line answers with. */
  readonly exitCode: number = 1;

  /** A fault of these parts; nothing is thrown yet. */
  constructor(what: string, where: Where = {}, remedy = '', options: ErrorOptions = {}) {
    super(what, options);
    this.where = where;
    this.remedy = remedy;
    this.name = new.target.name;
  }

  /** What, where and the remedy as one line of text. */
  override toString(): string {
    const places = Object.entries(this.where).map(([key, value]) => `${key} ${shorten(value)}`);
    const place = places.length > 0 ? ` (${places.join(', ')})` : '';
    const remedy = this.remedy ? ` — ${bounded(this.remedy)}` : '';
    return `${this.name}: ${bounded(this.message)}${place}${remedy}`;
  }
}

/** A part of a message that others may have made long. */
function bounded(part: string): string {
  return shortened(part, limits.messageCharacters);
}

/** A path of an archive may have 64 KiB: its ends tell it. */
function shorten(value: string | number): string {
  const text = String(value);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, 150)}…${text.slice(-50)}`;
}

/** Characters of a place that a message shows. */
const MOST_SHOWN = 300;

/** The command line or an id is wrong: unknown word, illegal parameter, parts that do not fit. Exit code 2. */
export class UsageError extends BenchError {
  /** As the command line answers. */
  override readonly exitCode: number = 2;
}

/** Input bytes do not mean what their format promises: manifest, lock, tar, catar, layout. */
export class InputError extends BenchError {}

/** Bytes differ from the digest, size or tree that was promised for them. */
export class VerificationError extends BenchError {}

/** Something that must come from elsewhere is not there: a mirror, a package, a blob, a tool. */
export class UnavailableError extends BenchError {}

/**
 * A cell cannot be tried: a program is missing or too old, the cell is beyond a bound, or the format has nothing for such an
 * image. Recorded as skipped.
 */
export class SkippedError extends BenchError {}

/** The file system refused: disk full, unreadable, read-only. */
export class StorageError extends BenchError {}

/** A plug-in broke its contract: a chunker that returns 0, a model that loses a file. */
export class PluginError extends BenchError {}

/** Nobody reads standard output any more, as after `| head`: there is nothing left to do, and nothing to complain of. */
export class ClosedOutput extends Error {}

const STORAGE_CODES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free space or choose another directory',
  EFBIG:
    'the file would be larger than the limit of the shell (ulimit -f) or of the file system allows: raise it or choose another directory',
  EDQUOT: 'the quota is used up: free space or choose another directory',
  EROFS: 'the file system is read-only: choose another directory',
  EACCES: 'permission denied: check owner and mode',
  EPERM: 'operation not permitted: check owner and mode',
  EIO: 'the device failed to read or write: check the disk',
  ENOENT: 'no such file or directory: check the path',
  ENOTDIR: 'a part of the path is not a directory: check the path',
  EISDIR: 'this is a directory: name a file',
  EEXIST: 'this exists already: name another, or remove it',
  ENOTEMPTY: 'the directory is not empty: name another',
  EMFILE: 'too many files are open: raise `ulimit -n`, or give fewer --workers',
  ENFILE: 'too many files are open on this machine: end other programs',
  ELOOP: 'symbolic links lead in a circle: check the path',
  ENAMETOOLONG: 'the name is too long: choose a shorter path',
  EINVAL: 'the file system does not take this name or operation: check the path',
  ENXIO: 'no device or reader is there: name a file',
  ENODEV: 'this is no file that can be used so: name another',
  EBUSY: 'something else uses it: end that, or name another',
  ETXTBSY: 'a program runs from it: end that, or name another',
  EXDEV: 'this lies on another file system: choose a directory on the same one',
  EAGAIN: 'the system is short of resources: try again, or give fewer --workers',
  ENOMEM: 'the memory is used up: end other programs, or give fewer --workers',
  ESTALE: 'the network file system lost it: mount it again',
  ETIMEDOUT: 'the network file system does not answer: check the mount',
};

/** Turns a file-system error into a {@link StorageError} that names the path; any other error passes unchanged. */
export function storageError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  const remedy = code === undefined ? undefined : STORAGE_CODES[code];
  if (remedy === undefined || error instanceof BenchError) return error;
  return new StorageError(`cannot use ${path}: ${String(code)}`, { file: path }, remedy, {
    cause: error,
  });
}

/** As {@link storageError}, for what was written: whatever the system said, the bytes are not there. */
export function writeError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof BenchError) return error;
  return new StorageError(
    `cannot write ${path}: ${code}`,
    { file: path },
    STORAGE_CODES[code] ?? 'choose another directory',
    { cause: error },
  );
}

/** `ENOSPC` and the like; undefined where the system said nothing. Deno names no code where it knows none, only the number. */
export function errorCode(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return /^E[A-Z0-9]+$/.test(code) ? code : undefined;
  const number = Number(/\(os error (\d+)\)$/.exec(String(message))?.[1]);
  return Object.entries(constants.errno).find(([, value]) => value === number)?.[0];
}

/**
 * What the system refused where nobody expected it, as a {@link StorageError} that names the path or the call; any other
 * error passes unchanged.
 */
export function systemError(error: unknown): unknown {
  const { code, syscall, path } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (error instanceof BenchError || typeof code !== 'string') return error;
  if (syscall === 'uv_cwd' || (syscall === 'cwd' && code === 'ENOENT')) {
    return new StorageError('the current directory no longer exists', {}, 'change to another', {
      cause: error,
    });
  }
  if (typeof path === 'string') return storageError(error, path);
  const isFound = typeof syscall === 'string' && code in STORAGE_CODES;
  return isFound ? storageError(error, `what ${syscall} is asked for`) : error;
}

/**
 * Why code of this tree was not loaded: what a runtime says where it may open few files is no answer to a user. Node tells by
 * a code, Deno by the words of the system. Any other error passes unchanged.
 */
export function loadError(error: unknown): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const isShort =
    code === 'EMFILE' || code === 'ENFILE' || /os error 2[34]\b/.test(String(message));
  if (!isShort) return error;
  const remedy = 'raise `ulimit -n`: 256 are enough';
  return new StorageError('too few files may be open to start', {}, remedy, { cause: error });
}

/** An error as it crosses threads and processes. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly where: Where;
  readonly remedy: string;
  readonly stack?: string;
}

export function toPlain(thrown: unknown): PlainError {
  const error = systemError(thrown);
  if (error instanceof BenchError) {
    const { name, message, where, remedy } = error;
    return { name, message, where, remedy };
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, where: {}, remedy: '', ...(stack === undefined ? {} : { stack }) };
}

const TYPES = {
  UsageError,
  InputError,
  VerificationError,
  UnavailableError,
  SkippedError,
  StorageError,
  PluginError,
};

export function fromPlain(plain: PlainError): Error {
  const type = (TYPES as Readonly<Record<string, typeof BenchError>>)[plain.name];
  if (type) return new type(plain.message, plain.where, plain.remedy);
  const error = new Error(plain.message);
  error.name = plain.name;
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}

/** What somebody else's code threw, as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same error with more known about where it happened; what it says itself is kept. */
export function locate(error: unknown, where: Where): unknown {
  if (!(error instanceof BenchError)) return error;
  const type = error.constructor as typeof BenchError;
  return new type(error.message, { ...where, ...error.where }, error.remedy, {
    cause: error.cause,
  });
}
