import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { compareCuts, ourCuts } from './cuts.ts';
import type { Peer } from './peer.ts';
import { binary, buildRust, numbers, run } from './tools.ts';

const VERSION = '1.8.0';
const CRATE = `xet-data-${VERSION}`;
/** Target sizes; the shortest and longest chunk are an eighth and twice of them. */
const TARGETS = [64 << 10, 4 << 10];

export const xet: Peer = {
  name: 'xet',
  title: 'xet-data, its file chunking.rs',
  follows: ['xet'],
  version: () => VERSION,

  build: (place) => {
    if (existsSync(binary(place, 'xet'))) return;
    // What cargo tells of a crate it fetches first.
    run('cargo', ['info', `xet-data@${VERSION}`], { cwd: place.folder });
    buildRust(place, 'xet', { XET_DATA: fetched() });
  },

  async compare(place, { tar }) {
    return TARGETS.map((target) => {
      const theirs = numbers(run(binary(place, 'xet'), [tar, String(target)]));
      const id = `xet:min=${target / 8},avg=${target},max=${target * 2}`;
      return compareCuts(`target ${target}`, theirs, ourCuts(id, tar));
    });
  },
};

function fetched(): string {
  const registries = join(process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'registry/src');
  const places = readdirSync(registries).map((name) => join(registries, name, CRATE));
  const place = places.find((path) => existsSync(path));
  if (place === undefined) throw new Error(`cargo fetched no ${CRATE}`);
  return place;
}
