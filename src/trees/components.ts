import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';

/** Path → components, without `.` and empty ones. Throws where it leaves the root or is too long. */
export function normalise(path: string, where: Where): string[] {
  const parts = path.split('/').filter(isComponent);
  if (parts.includes('..')) {
    throw new InputError(
      "a path contains '..'",
      where,
      'the archive is hostile or was written with relative paths',
    );
  }
  if (parts.length > limits.pathDepth) {
    throw new InputError(`a path is ${parts.length} deep`, where, 'raise limits.pathDepth');
  }
  return parts;
}

function isComponent(part: string): boolean {
  return part !== '' && part !== '.';
}

export function tooDeep(where: Where): InputError {
  const what = `a path is more than ${limits.pathDepth} deep behind symlinks`;
  return new InputError(what, where, 'raise limits.pathDepth');
}
