import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../src/make-directories.ts';
import { projectDirectory } from '../../src/project.ts';
import type { Place } from './peer.ts';

/** How programs are built and run. Their time is nobody's figure. */

const DRIVERS = join(projectDirectory, 'bench/peers/drivers');
/** Lines of standard error that say why. */
const REASON_LINES = 3;

interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Standard output; throws with the end of standard error where the program fails. */
export function run(
  program: string,
  words: readonly string[],
  { cwd, env = {} }: Surroundings = {},
): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    maxBuffer: 1 << 30,
  });
  if (error) throw error;
  if (status === 0) return stdout;
  const reason = stderr.toString().trim().split('\n').slice(-REASON_LINES).join(' / ');
  throw new Error(`${program.split('/').at(-1)} ${words[0] ?? ''}: ${reason}`);
}

export function binary({ folder }: Place, name: string): string {
  return join(folder, 'bin', name);
}

/** Version of a module or crate that the driver pins: in `go.mod`, or as `=1.2.3` in `Cargo.toml`, where no crate has others below it. */
export function pinned(driver: string, dependency: string): string {
  const folder = join(DRIVERS, driver);
  const isGo = existsSync(join(folder, 'go.mod'));
  const text = readFileSync(join(folder, isGo ? 'go.mod' : 'Cargo.toml'), 'utf8');
  const name = dependency.replaceAll(/[.+]/g, '\\$&');
  const pattern = isGo ? `${name} v(\\S+)` : `^${name} = "=([^"]+)"`;
  const version = new RegExp(pattern, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`${driver} pins no ${dependency}`);
  return version;
}

/** Builds the driver of that name in Go, unless it is there. */
export function buildGo(place: Place, driver: string, cgo = false): void {
  const output = binary(place, driver);
  if (existsSync(output)) return;
  run('go', ['build', '-mod=readonly', '-o', output, '.'], {
    cwd: join(DRIVERS, driver),
    env: { CGO_ENABLED: cgo ? '1' : '0' },
  });
}

/**
 * Builds a program of a Go module by the module's own lock, unless it is there. `go install` asks for the list of all
 * versions, which some proxies do not have.
 *
 * @param sum of the module, as the checksum database of Go has it
 */
export function buildGoProgram(
  place: Place,
  module: string,
  program: string,
  sum: string,
  tags = '',
): void {
  const output = binary(place, program.split('/').at(-1)!);
  if (existsSync(output)) return;
  const { Dir, Sum } = JSON.parse(
    run('go', ['mod', 'download', '-json', module], { cwd: place.folder }).toString(),
  ) as { Dir: string; Sum: string };
  if (Sum !== sum) throw new Error(`${module} has the sum ${Sum}, not ${sum}`);
  run('go', ['build', '-mod=readonly', '-tags', tags, '-o', output, program], {
    cwd: Dir,
    env: { CGO_ENABLED: '0' },
  });
}

/** Builds the driver of that name in Rust, unless it is there. */
export function buildRust(
  place: Place,
  driver: string,
  env: Readonly<Record<string, string>> = {},
): void {
  const output = binary(place, driver);
  if (existsSync(output)) return;
  const target = join(place.folder, 'cargo', driver);
  run('cargo', ['build', '--release', '--target-dir', target], {
    cwd: join(DRIVERS, driver),
    env,
  });
  makeDirectories(join(place.folder, 'bin'));
  run('cp', [join(target, 'release', driver), output]);
}

/** Numbers that a driver prints, one a line. */
export function numbers(text: Buffer): readonly number[] {
  return text.toString().split('\n').filter(Boolean).map(Number);
}

/** Version that an installed program states; throws where it is not there. @param pattern with the version as its group */
export function installed(words: readonly string[], pattern: RegExp): string {
  const [program, ...rest] = words;
  const version = pattern.exec(run(program!, rest).toString())?.[1];
  if (version === undefined) throw new Error(`${program} states no version`);
  return version;
}

/** Number and bytes of the files below a directory whose names end so. */
export function filesBelow(directory: string, suffix: string): readonly number[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => statSync(join(directory, name)))
    .filter((found) => found.isFile())
    .map(({ size }) => size);
}
