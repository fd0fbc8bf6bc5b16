import { arch, endianness } from 'node:os';

/** What an image runs on (image-spec, image-index.md). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** Names that Node has for processors, where Go, and so the specification, has others. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  mipsel: 'mipsle',
  ppc64: endianness() === 'LE' ? 'ppc64le' : 'ppc64',
};

/** The variant that is meant where none is said (containerd, platforms/database.go). */
const USUAL_VARIANTS: Readonly<Record<string, string>> = { amd64: 'v1', arm: 'v7', arm64: 'v8' };

/** `os/architecture` of this machine. Images are for Linux wherever they are built. */
export function machinePlatform(): string {
  return `linux/${ARCHITECTURES[arch()] ?? arch()}`;
}

/** `os/architecture` or `os/architecture/variant` → its parts. */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/** As far as it is known: `os/architecture/variant`, `os/architecture`, or less. */
export function platformName(parts: {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
}): string {
  const { os, architecture, variant } = parts;
  return [os, architecture, variant].filter((part) => part).join('/');
}

/** 2: what is wanted; 1: where no variant is wanted, another variant than the usual one; 0: another platform. */
export function rankPlatform(found: Platform, wanted: Platform): 0 | 1 | 2 {
  if (found.os !== wanted.os || found.architecture !== wanted.architecture) return 0;
  if (variantOf(found) === variantOf(wanted)) return 2;
  return wanted.variant ? 0 : 1;
}

function variantOf({ architecture, variant }: Platform): string {
  return variant || (USUAL_VARIANTS[architecture] ?? '');
}
