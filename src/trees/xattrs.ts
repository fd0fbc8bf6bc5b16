import type { Where } from '../errors.ts';
import type { Budget } from './budget.ts';
import { type PaxRecords, XATTR_PREFIX } from './pax.ts';
import { NO_XATTRS, putLatin1 } from './tree.ts';

const LIBARCHIVE_PREFIX = 'LIBARCHIVE.xattr.';
/** Characters of a name in a message. */
const SHOWN = 255;

/**
 * Extended attributes as star introduced them, which is what GNU tar and every container tool reads. libarchive writes
 * each a second time in its own form; what stands there alone is left out, and goes to the warnings. Names are taken as they
 * are, as by Go and Python: GNU tar alone makes '=' of %3D and '%' of %25.
 */
export function readXattrs(
  pax: PaxRecords,
  warnings: Set<string>,
  budget: Budget,
  where: Where,
): ReadonlyMap<string, Uint8Array> {
  if (!saysXattrs(pax)) return NO_XATTRS;
  const found: (readonly [name: string, value: string])[] = [];
  for (const [keyword, value] of pax) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    const name = keyword.slice(XATTR_PREFIX.length);
    if (name === '') warnings.add('an attribute without a name is left out');
    else {
      budget.chargeRecord(name, value, where);
      found.push([name, value]);
    }
  }
  const xattrs = together(found);
  const alone = [...pax.keys()]
    .filter((keyword) => keyword.startsWith(LIBARCHIVE_PREFIX))
    .map((keyword) => percentDecoded(keyword.slice(LIBARCHIVE_PREFIX.length)))
    .filter((name) => !xattrs.has(name));
  if (alone.length > 0) {
    const names = `${alone[0]!.slice(0, SHOWN)}${alone.length > 1 ? ' and others' : ''}`;
    warnings.add(`attributes in the form of libarchive alone are left out: ${names}`);
  }
  return xattrs.size > 0 ? xattrs : NO_XATTRS;
}

/** Most members have other records. */
function saysXattrs(pax: PaxRecords): boolean {
  for (const keyword of pax.keys()) {
    if (keyword.startsWith(XATTR_PREFIX) || keyword.startsWith(LIBARCHIVE_PREFIX)) return true;
  }
  return false;
}

/** Values in one buffer: a buffer of its own takes more than most values. */
function together(
  found: readonly (readonly [name: string, value: string])[],
): ReadonlyMap<string, Uint8Array> {
  const bytes = new Uint8Array(found.reduce((sum, [, { length }]) => sum + length, 0));
  const xattrs = new Map<string, Uint8Array>();
  let offset = 0;
  for (const [name, value] of found) {
    putLatin1(bytes, offset, value);
    xattrs.set(name, bytes.subarray(offset, offset + value.length));
    offset += value.length;
  }
  return xattrs;
}

/** One character a byte. */
function percentDecoded(name: string): string {
  return name.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
