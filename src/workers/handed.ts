import type { PluginFile } from '../plugin-files.ts';

/** Registers what packs of the plug-ins that a thread or a process is handed. What reads and checks them takes long to load. */
export async function loadHanded(plugins: readonly PluginFile[]): Promise<void> {
  if (plugins.length === 0) return;
  const { loadPlugin } = await import('../plugins/load.ts');
  const { packingRegisters } = await import('../plugins/registers.ts');
  for (const plugin of plugins) await loadPlugin(plugin, packingRegisters);
}
