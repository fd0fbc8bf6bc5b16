import { type PaxRecords, XATTR_PREFIX } from './pax.ts';
import { pathBytes } from './tree.ts';

const LIBARCHIVE_PREFIX = 'LIBARCHIVE.xattr.';
/** Characters of a name in a message. */
const SHOWN = 255;
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * Extended attributes as star introduced them, which is what GNU tar and every container tool reads. libarchive writes
 * each a second time in its own form; what stands there alone is left out, and goes to the warnings.
 */
export function readXattrs(
  pax: PaxRecords,
  warnings: Set<string>,
): ReadonlyMap<string, Uint8Array> {
  if (pax.size === 0) return NO_XATTRS;
  const xattrs = new Map<string, Uint8Array>();
  for (const [keyword, value] of pax) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    const name = keyword.slice(XATTR_PREFIX.length);
    if (name === '') warnings.add('an attribute without a name is left out');
    else xattrs.set(name, pathBytes(value));
  }
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

/** One character a byte. */
function percentDecoded(name: string): string {
  return name.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
