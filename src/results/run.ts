import type { Dataset } from '../datasets/mod.ts';
import type { PublishedFigure } from '../datasets/published.ts';
import type { Link } from '../links/mod.ts';
import type { PluginIdentity } from '../plugin-files.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import type { Seal } from './seal.ts';

/** `run.json`: what was planned and on which machine; written before the first record, completed when the run ends. */
export interface RunInfo {
  /** Version of the methodology. */
  readonly method: number;
  /** Name of the experiment that chose the models, where one did: `bench run NAME` measures it again. */
  readonly experiment?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Absent while the run is under way or was interrupted. */
  readonly finishedAt?: string;
  /** With `finishedAt`, but for runs of older versions. */
  readonly records?: Seal;
  /** What was measured. */
  readonly dataset: {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    /** `sha256:…` of the manifest with its lock resolved: the identity of the data. */
    readonly digest: string;
    /** How it was named on the command line, where its id does not say so. */
    readonly named?: { readonly inputs: readonly string[]; readonly platform?: string };
    /** What others published on all its images, which are this many; absent where nothing was. */
    readonly published?: {
      readonly images: number;
      readonly figures: readonly PublishedFigure[];
    };
  };
  /** Files whose members it could use; absent where none was loaded. */
  readonly plugins?: readonly PluginIdentity[];
  /** Ids of the images asked for, in series order. */
  readonly planned: readonly string[];
  /** Those of them that could be had, in series order. */
  readonly images: readonly {
    readonly id: string;
    readonly title: string;
    readonly digest: string;
    /** What its layers say that is odd. */
    readonly warnings?: readonly string[];
  }[];
  /** In the order asked for. */
  readonly models: readonly RunModel[];
  /** Those that transfers were modelled on. */
  readonly links: readonly RunLink[];
  /** The machine that measured. */
  readonly environment: Environment;
}

/** A model as a run knows it. */
export interface RunModel {
  /** Canonical id, as in records. */
  readonly id: string;
  /** Preset name such as `oci-gzip`, where the id is one. */
  readonly alias?: string;
  /** Absent where nothing is packed: a chunker or a digest by itself. */
  readonly fidelity?: Fidelity;
  /** Cut by the readable definition of its chunker, which has no kernel: times are not those of a format. */
  readonly cutBy?: 'reference';
  /** Of the cuts of its chunker, where they are not the first that its id had. */
  readonly revision?: number;
}

/** A link as a run knows it. */
export interface RunLink {
  /** As records have it: `dsl-20ms`. */
  readonly id: string;
  /** In words. */
  readonly title: string;
  /** Milliseconds. */
  readonly roundTripMs: number;
  /** Bits per second. */
  readonly bandwidth: number;
  /** Connections to each server, where they are not as many as METHODS.md says. */
  readonly connections?: number;
}

/** The machine that a run was measured on. */
export interface Environment {
  /** `node 20.20.2` | `deno 2.9.5`. */
  readonly runtime: string;
  /** Operating system, its release, and architecture. */
  readonly platform: string;
  /** Model of the processor. */
  readonly processor: string;
  /** Threads that run at once. */
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** One-minute load average when the run started: other work on the machine. */
  readonly load: number;
  /** What else the machine did while figures were timed; absent where none was. */
  readonly checks?: MachineChecks;
  /** Version of ocibench. */
  readonly ocibench: string;
  /** Commit of the checkout, where there is one. */
  readonly commit?: string;
  /** Versions of the packages used, by name. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Versions of the external programs that models ran. */
  readonly tools?: Readonly<Record<string, string>>;
}

/** Looks at the machine, one before what is timed and one between repetitions: see src/measures/idle.ts. */
export interface MachineChecks {
  /** Number of checks. */
  readonly count: number;
  /** Threads that the run itself may have kept busy in the minute before a check; the load counts them. */
  readonly threads: number;
  /** Greatest one-minute load average. */
  readonly highestLoad: number;
  /** Least time of the reference loop: milliseconds. */
  readonly referenceMs: number;
  /** Greatest mean time of the loop in one check ÷ the least − 1. */
  readonly slowestShare: number;
}

/** As `run.json` lists links. */
export function runLinks(links: readonly Link[]): readonly RunLink[] {
  return links.map(({ name, ...link }) => ({ id: name, ...link }));
}

/** What a run says of its dataset. */
export function describeDataset({
  id,
  title,
  description,
  digest,
  manifest,
  images,
  named,
}: Dataset): RunInfo['dataset'] {
  const { published: figures } = manifest;
  const facts = { id, title, description, digest, ...(named && { named }) };
  return figures ? { ...facts, published: { images: images.length, figures } } : facts;
}

/** What a run says of a model. */
export function describeModel(
  { id, fidelity, cutBy, revision }: RunModel,
  alias: string | undefined,
): RunModel {
  return {
    id,
    ...(alias === undefined ? {} : { alias }),
    ...(fidelity === undefined ? {} : { fidelity }),
    ...(cutBy === undefined ? {} : { cutBy }),
    ...(revision === undefined ? {} : { revision }),
  };
}
