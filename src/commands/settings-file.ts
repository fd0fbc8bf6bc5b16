import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Values of options by their names, as the parser of the command line gives them. */
export type Settings = Readonly<Record<string, string | readonly string[] | boolean>>;

/** `$XDG_CONFIG_HOME/ocibench/config.json`, in `~/.config` where that is not set; undefined where there is none. */
export function settingsFile(): string | undefined {
  const home = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const file = join(home, 'ocibench', 'config.json');
  return existsSync(file) ? file : undefined;
}
