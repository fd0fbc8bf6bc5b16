import { describeEnvironment } from './environment.ts';
import { busyReason, type Check, MachineWatch, type SeenMachine, worse } from './machine.ts';
import { earlierEnvironment, isTimed } from './read.ts';
import type { ResultRecord } from './record.ts';
import type { Environment } from './run.ts';

/** The machine of one run, as it was at the beginning, and what else it did while figures were timed. */
export class RunMachine {
  readonly #begun: Environment;
  /** Of the run before it was interrupted, and of others, where figures that were timed then are kept. */
  #earlier: SeenMachine | undefined;
  readonly #workers: number;
  readonly #note: (text: string) => void;
  #watch: MachineWatch | undefined;
  #told: string | undefined;

  /**
   * @param workers threads that the run keeps busy at most
   * @param records those that the directory has already: figures that were timed then are kept
   * @param note where it is said that the machine is busy
   */
  constructor(
    { directory, workers }: { readonly directory: string; readonly workers: number },
    records: readonly ResultRecord[],
    note: (text: string) => void,
  ) {
    // Taken once: what the run itself does to the load is no other work.
    this.#begun = describeEnvironment();
    this.#earlier = earlierEnvironment(directory, records);
    this.#workers = Math.max(workers, this.#begun.cores);
    this.#note = note;
  }

  /** What it was like before counts no more where none of these records was timed. */
  forget(records: readonly ResultRecord[]): void {
    if (!isTimed(records)) this.#earlier = undefined;
  }

  /** Figures of a run that saw this are kept. */
  join(other: SeenMachine): void {
    this.#earlier = worse(this.#earlier, other);
    this.#tell();
  }

  /** Before anything is timed, and between repetitions, when nothing of the run is at work. */
  checkAndCount(): void {
    this.count(this.check());
  }

  /** As {@link checkAndCount}, for figures that may yet be dropped: what is seen counts once {@link count} is told of it. */
  check(): Check {
    return this.#watching().check();
  }

  /** False where figures of this check have to be taken again. */
  isQuiet(check: Check): boolean {
    return this.#watching().isQuiet(check, this.#begun.cores);
  }

  count(check: Check): void {
    this.#watching().count(check);
    this.#tell();
  }

  #watching(): MachineWatch {
    this.#watch ??= new MachineWatch(this.#workers);
    return this.#watch;
  }

  /** @param tools versions of external programs by name */
  environment(tools: Readonly<Record<string, string>> = {}): Environment {
    const checks = this.#watch ? this.#watch.checks(this.#earlier?.checks) : this.#earlier?.checks;
    const load = Math.max(this.#begun.load, this.#earlier?.load ?? 0);
    return {
      ...this.#begun,
      load,
      ...(checks ? { checks } : {}),
      ...(Object.keys(tools).length > 0 ? { tools } : {}),
    };
  }

  /** Once: figures of the reason still change with each check, and the report has the last. */
  #tell(): void {
    if (this.#told !== undefined) return;
    this.#told = busyReason(this.environment());
    if (this.#told === undefined) return;
    this.#note(`${this.#told}: timed figures are kept, and not compared`);
  }
}
