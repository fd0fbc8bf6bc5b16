/** A file that brings members of its own, as `run.json` and ids name it. */
export interface PluginIdentity {
  /** File name without its directory: `mine.ts`. */
  readonly name: string;
  /** `sha256:…` of the file. A plug-in imports no other file, so this is all of its code. */
  readonly digest: string;
}

export interface PluginFile extends PluginIdentity {
  /** Absolute. */
  readonly path: string;
  /** A `data:` URL of what this runtime imports: a file that changes meanwhile changes no thread. */
  readonly url: string;
}

const used: PluginFile[] = [];

/** The plug-ins of this thread, in the order given: threads and processes that it starts are handed them. */
export function pluginsInUse(): readonly PluginFile[] {
  return used;
}

/** As `run.json` lists them. */
export function pluginIdentities(): readonly PluginIdentity[] {
  return used.map(({ name, digest }) => ({ name, digest }));
}

export function enterPlugin(file: PluginFile): void {
  used.push(file);
}

/** File name without its ending: what the names of a plug-in's measures begin with. */
export function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}

/** How ids name a version of a plug-in: the first hexadecimal digits of its digest. */
export function stampOf({ digest }: PluginIdentity): string {
  return digest.replace('sha256:', '').slice(0, 8);
}
