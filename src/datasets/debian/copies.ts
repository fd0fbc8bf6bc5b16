import { InputError } from '../../errors.ts';

/**
 * What a maintainer script copies from packaged files, links, or makes empty, read from its text: the script is not run. A
 * command with a variable in it, other than the root to install to, is left out, and so is what a condition depends on.
 */
export type Copy =
  | { readonly does: 'copy'; readonly from: string; readonly to: string; readonly keeps: boolean }
  | { readonly does: 'link'; readonly target: string; readonly to: string }
  | {
      readonly does: 'directory' | 'file';
      readonly to: string;
      readonly mode: number;
      readonly group: string;
    };

/** Packages whose scripts are read: those of the others decide, generate or merge. */
export const COPIES_FROM: readonly string[] = ['base-files', 'base-passwd', 'libc-bin'];

/** Where `install_from_default` of base-files has its files. */
const DEFAULTS = 'usr/share/base-files/';

type Reader = (...words: readonly string[]) => Copy | undefined;

/** By first word. Functions are those of the postinst of base-files and libc-bin, bookworm to sid. */
const READERS = new Map<string, Reader>([
  [
    'install_from_default',
    (from = '', to = '') => {
      const source = from.startsWith('/') ? below(from) : DEFAULTS + from;
      return { does: 'copy', from: source, to: below(to), keeps: true };
    },
  ],
  [
    'cp',
    (from = '', to = '', ...rest) =>
      rest.length === 0 && from.startsWith('/')
        ? { does: 'copy', from: below(from), to: below(to), keeps: false }
        : undefined,
  ],
  ['ln', (_options, target = '', to = '') => ({ does: 'link', target, to: below(to) })],
  ['migrate_directory', (to = '', target = '') => ({ does: 'link', target, to: below(to) })],
  [
    'install_directory',
    (to = '', mode = '', group = '') => ({
      does: 'directory',
      to: below(to),
      mode: Number.parseInt(mode, 8),
      group,
    }),
  ],
  [
    'install_local_dir',
    (to = '') => ({ does: 'directory', to: below(to), mode: 0o755, group: 'root' }),
  ],
  ['touch', (to = '') => ({ does: 'file', to: below(to), mode: 0o644, group: 'root' })],
  [
    'ensure_file_owner_mode',
    (to = '', owner = '', mode = '') => ({
      does: 'file',
      to: below(to),
      mode: Number.parseInt(mode, 8),
      group: owner.replace(/^.*:/, ''),
    }),
  ],
]);

/** In the order of the script. */
export function readCopies(script: string): readonly Copy[] {
  const copies: Copy[] = [];
  for (const line of script.split('\n')) {
    const [name = '', ...words] = line.trim().replaceAll('"$DPKG_ROOT', '"').split(/\s+/);
    const read = READERS.get(name);
    if (!read || words.some((word) => /[$|&;(){}]/.test(word))) continue;
    const copy = read(...words.map((word) => word.replaceAll('"', '')));
    if (copy) copies.push(copy);
  }
  return copies;
}

/**
 * Number of a group.
 *
 * @param groups as group(5) has them
 * @throws InputError where it is not there
 */
export function groupNumber(groups: string, name: string): number {
  if (name === 'root') return 0;
  const line = groups.split('\n').find((one) => one.startsWith(`${name}:`));
  if (line !== undefined) return Number(line.split(':')[2]);
  throw new InputError(
    `a maintainer script gives a file to group ${name}, which base-passwd does not have`,
    {},
    'add base-passwd, or leave out `"configure": "copies"`',
  );
}

function below(path: string): string {
  return path.replace(/^\//, '');
}
