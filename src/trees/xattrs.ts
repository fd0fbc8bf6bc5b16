import { type PaxRecords, XATTR_PREFIX } from './pax.ts';
import { pathBytes } from './tree.ts';

const LIBARCHIVE_PREFIX = 'LIBARCHIVE.xattr.';
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * Extended attributes as star introduced them, which is what GNU tar and every container tool reads. libarchive writes
 * each a second time in its own form; what stands there alone is left out, and goes to the warnings.
 */
export function readXattrs(pax: PaxRecords, warnings: string[]): ReadonlyMap<string, Uint8Array> {
  if (pax.size === 0) return NO_XATTRS;
  const xattrs = new Map<string, Uint8Array>();
  for (const [keyword, value] of pax) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    const name = keyword.slice(XATTR_PREFIX.length);
    if (name === '') warnings.push('an attribute without a name is left out');
    else xattrs.set(name, pathBytes(value));
  }
  for (const keyword of pax.keys()) {
    if (!keyword.startsWith(LIBARCHIVE_PREFIX)) continue;
    const name = percentDecoded(keyword.slice(LIBARCHIVE_PREFIX.length));
    if (xattrs.has(name)) continue;
    warnings.push(`the attribute ${name} is there in the form of libarchive alone, and left out`);
  }
  return xattrs.size > 0 ? xattrs : NO_XATTRS;
}

/** One character a byte. */
function percentDecoded(name: string): string {
  return name.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
