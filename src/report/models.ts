import { formatBinary } from '../format.ts';
import { parseSize } from '../ids.ts';
import { presets } from '../models/presets.ts';
import type { RunModel } from '../results/run.ts';
import { printable } from './escape.ts';
import { groupBy } from './group.ts';

/** How a model is named and drawn: the same in every chart of every report. */
export interface Look {
  readonly colour: string;
  readonly shape: Shape;
  /** Dash pattern of its lines; empty is solid. */
  readonly dash: readonly number[];
}

export type Shape = 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down' | 'cross';

/** Okabe and Ito's colours, readable on white and on black; the baseline is grey. */
const PRESET_LOOKS: Readonly<Record<string, Look>> = {
  'oci-gzip': { colour: '#808080', shape: 'square', dash: [] },
  'tar-zstd': { colour: '#e69f00', shape: 'diamond', dash: [6, 2] },
  'per-file': { colour: '#009e73', shape: 'triangle-up', dash: [] },
  catar: { colour: '#2c86c7', shape: 'circle', dash: [] },
  'catar-blob': { colour: '#d55e00', shape: 'triangle-down', dash: [3, 2] },
};

/** For the presets beside those. As many as share no divisor with the shapes: each preset has a pair of its own. */
const PRESET_COLOURS = [
  '#cc79a7',
  '#56b4e9',
  '#8b5fbf',
  '#a6761d',
  '#9a9a00',
  '#d0435b',
  '#2aa198',
] as const;
const SHAPES: readonly Shape[] = [
  'circle',
  'square',
  'diamond',
  'triangle-up',
  'triangle-down',
  'cross',
];
const DASHES: readonly (readonly number[])[] = [[], [2, 2], [8, 3], [8, 3, 2, 3]];
const ordinals = new Map(presets.map(({ alias }, number) => [alias, number]));

/** Hue in degrees and chroma for the families of other models; a family's chunk sizes are lighter and darker shades. */
const FAMILY_HUES = [320, 262, 185] as const;
const FAMILY_SHAPES: readonly Shape[] = ['cross', 'diamond', 'circle', 'square', 'triangle-up'];

export function lookOf(model: RunModel): Look {
  const preset = PRESET_LOOKS[model.alias ?? ''];
  if (preset) return preset;
  const ordinal = ordinals.get(model.alias ?? '');
  if (ordinal !== undefined) {
    return {
      colour: PRESET_COLOURS[ordinal % PRESET_COLOURS.length]!,
      shape: SHAPES[ordinal % SHAPES.length]!,
      dash: DASHES[ordinal % DASHES.length]!,
    };
  }
  const { family, average } = familyOf(model.id);
  const hash = hashText(family);
  // 4 KiB … 1 MiB are eight doublings: from light to dark, and no further than what reads on both grounds.
  const step = average === undefined ? 4 : Math.log2(average) - 12;
  const lightness = 72 - 3.5 * Math.min(8, Math.max(0, step));
  return {
    colour: hslToHex(FAMILY_HUES[hash % FAMILY_HUES.length]!, 55, lightness),
    shape: FAMILY_SHAPES[(hash >>> 8) % FAMILY_SHAPES.length]!,
    dash: DASHES[(hash >>> 16) % DASHES.length]!,
  };
}

/** FNV-1a. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function hslToHex(hue: number, saturation: number, lightness: number): string {
  const amount = (saturation / 100) * Math.min(lightness / 100, 1 - lightness / 100);
  const channel = (offset: number): string => {
    const position = (offset + hue / 30) % 12;
    const value = lightness / 100 - amount * Math.max(-1, Math.min(position - 3, 9 - position, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

export interface Family {
  /** The chain with min, avg and max left out: equal for models that differ in chunk size alone. */
  readonly family: string;
  /** The parameter `avg`, bytes. */
  readonly average?: number;
}

/** Chunkers derive min and max from avg, so those are ignored where avg is given. */
export function familyOf(id: string): Family {
  const [serialiser, chunker = '', ...rest] = id.split('|');
  const average = parseSize(/(?:^|[:,])avg=([^,]+)/.exec(chunker)?.[1] ?? '');
  if (average === undefined) return { family: id };
  const [name, parameters = ''] = chunker.split(':');
  const kept = parameters.split(',').filter((one) => !/^(min|avg|max)=/.test(one));
  return {
    family: [serialiser, [name, kept.join(',')].filter(Boolean).join(':'), ...rest].join('|'),
    average,
  };
}

/**
 * Short labels by id, each unique within the run: alias, else the parts of the chain that matter, with the parameters in which
 * it differs from others that would be called the same.
 */
export function labelModels(models: readonly RunModel[]): ReadonlyMap<string, string> {
  const called = groupBy(models, ({ id, alias }) => alias ?? shorten(id));
  return new Map(
    models.map(({ id, alias }) => {
      const short = alias ?? shorten(id);
      const namesakes = called.get(short)!.map((model) => model.id);
      if (namesakes.length === 1) return [id, printable(short)];
      const labels = namesakes.map((one) => `${short} ${differing(one, namesakes)}`);
      const isUnique = new Set([...labels, ...called.keys()]).size === labels.length + called.size;
      return [id, printable(isUnique ? labels[namesakes.indexOf(id)]! : id)];
    }),
  );
}

/** The parameters of a chain, or names of its parts, that not all of these have: `ranges=16`. */
function differing(id: string, all: readonly string[]): string {
  const inAll = (word: string): boolean => all.every((other) => wordsOf(other).includes(word));
  return wordsOf(id)
    .filter((word) => !inAll(word))
    .join(' ');
}

function wordsOf(id: string): readonly string[] {
  return id.split(/[|:,]/);
}

/** How a family is called: the label of its members without their chunk size. */
export function familyLabel(family: string): string {
  return printable(shorten(family));
}

/** `catar|fastcdc:min=1KiB,avg=4KiB,…|none|objects|get` → `catar fastcdc 4 KiB none`: what is usual is left out. */
function shorten(id: string): string {
  const [serialiser = '', chunker = '', codec = '', packer = '', fetcher = ''] = id.split('|');
  if (fetcher === '') return shortenExternal(id);
  const { average } = familyOf(id);
  const parts = [
    serialiser,
    average === undefined ? nameOf(chunker) : `${nameOf(chunker)} ${formatBinary(average)}`,
    nameOf(codec),
  ];
  if (nameOf(packer) !== 'objects') parts.push(nameOf(packer));
  if (!['get', 'range'].includes(nameOf(fetcher))) parts.push(fetcher);
  return parts.join(' ');
}

/** `zstd-patch:level=3,predecessors=4` → `zstd-patch 3 from 4`. */
function shortenExternal(id: string): string {
  const [name, parameters = ''] = id.split(':');
  const values = parameters
    .split(',')
    .filter((one) => one !== 'predecessors=1')
    .map((one) => one.replace(/^predecessors=/, 'from ').replace(/^[^=]*=/, ''));
  return [name, ...values].filter(Boolean).join(' ');
}

function nameOf(part: string): string {
  return part.split(':')[0]!;
}
