import type { ChunkerMember } from '../chunkers/chunker.ts';
import type { CodecMember } from '../codecs/mod.ts';
import type { FetcherMember } from '../fetchers/mod.ts';
import type { AddedMeasure } from '../measures/added.ts';
import type { Preset } from '../models/presets.ts';
import type { PackerMember } from '../packers/mod.ts';
import type { ChartMaker } from '../report/charts/chart.ts';
import type { SerialiserMember } from '../serialisers/mod.ts';
import type { Tools } from './tools.ts';

export type {
  AddedMeasure,
  ChartMaker,
  ChunkerMember,
  CodecMember,
  FetcherMember,
  PackerMember,
  Preset,
  SerialiserMember,
  Tools,
};

/** What a plug-in adds: members as the tables of this tree have them. The default export of its file, or what that returns. */
export interface Plugin {
  readonly chunkers?: readonly ChunkerMember[];
  readonly codecs?: readonly CodecMember[];
  readonly serialisers?: readonly SerialiserMember[];
  readonly packers?: readonly PackerMember[];
  readonly fetchers?: readonly FetcherMember[];
  /** Names for chains, of these members or others. */
  readonly models?: readonly Preset[];
  readonly measures?: readonly AddedMeasure[];
  readonly charts?: readonly ChartMaker[];
  /** As `bench/experiment.ts` has them. */
  readonly experiments?: readonly object[];
}

/** A plug-in that needs more than plain code: it is handed functions of this tree, since it can import none. */
export type PluginMaker = (tools: Tools) => Plugin | Promise<Plugin>;
