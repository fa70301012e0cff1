/** The state of the machine during a round. A value that the system does not tell is null. */
export interface RoundConditions {
  /** The processor time that other programs took, in cores: 0.5 is half of one core. */
  readonly foreignCores: number | null;
  /** The load average of the last minute, read at the round's end. */
  readonly load: number | null;
  /** The mean clock of the cores, read at the round's end. */
  readonly clockMHz: number | null;
  /** The temperature of the hottest zone in degrees Celsius, read at the round's end. */
  readonly temperatureC: number | null;
  /** The mean power of the processor's packages during the round, in watts. */
  readonly powerW: number | null;
  /**
   * Whether something held the round up beyond doubt: other programs, a hypervisor,
   * heat, or a quota.
   */
  readonly disturbed: boolean;
  /**
   * The processor time of all processes that measure, in milliseconds, from each mark to the next
   * and from the last one to the round's end; null where the system does not tell it finely.
   */
  readonly processorMs: readonly number[] | null;
  /**
   * Whether the round does not count, as where its page was hidden, and is taken again; default
   * false.
   */
  readonly voided?: boolean;
}

/** The state of a GPU at the end of a replica. A value that its driver does not tell is null. */
export interface GpuConditions {
  readonly name: string;
  readonly clockMHz: number | null;
  readonly temperatureC: number | null;
  readonly powerW: number | null;
  /** Whether the GPU's clock was held down for heat or power. */
  readonly throttled: boolean | null;
}

export interface ReplicaConditions {
  /** The conditions of the rounds that count. */
  readonly rounds: readonly RoundConditions[];
  /** The number of rounds that do not count and were taken again; left out where it is 0. */
  readonly voided?: number;
  readonly gpus: readonly GpuConditions[];
}

/** A watch over the machine, which is called between timed runs and never during one. */
export interface ConditionsWatch {
  /** Starts the watch, before a replica's first round. */
  start(): Promise<void> | void;
  /** Marks the start of a visit in the processor time of the processes that measure. */
  mark(): Promise<void> | void;
  /** Tells what the machine was like since the last call, after each round. */
  lap(): Promise<RoundConditions> | RoundConditions;
  /** Ends the watch, after a replica's last round. */
  stop(): Promise<readonly GpuConditions[]> | readonly GpuConditions[];
}
