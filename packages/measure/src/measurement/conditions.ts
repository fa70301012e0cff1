/** What the machine was like during a round. What the system does not tell is null. */
export interface RoundConditions {
  /** Processor time that other programs took, in cores: 0.5 is half of one. */
  readonly foreignCores: number | null;
  /** Load average of the last minute, at the round's end. */
  readonly load: number | null;
  /** Mean over the cores, at the round's end. */
  readonly clockMHz: number | null;
  /** Of the hottest zone, at the round's end, in degrees Celsius. */
  readonly temperatureC: number | null;
  /** That the processor's packages took, in watts. */
  readonly powerW: number | null;
  /**
   * Whether something held the round up beyond doubt: other programs, a hypervisor,
   * heat, or a quota.
   */
  readonly disturbed: boolean;
}

/** What a GPU was like at the end of a replica. */
export interface GpuConditions {
  readonly name: string;
  readonly clockMHz: number | null;
  readonly temperatureC: number | null;
  readonly powerW: number | null;
  /** Whether its clock was held down for heat or power. */
  readonly throttled: boolean | null;
}

export interface ReplicaConditions {
  readonly rounds: readonly RoundConditions[];
  readonly gpus: readonly GpuConditions[];
}

/** Watches the machine; called between timed runs, never during them. */
export interface ConditionsWatch {
  /** Before a replica's first round. */
  start(): Promise<void> | void;
  /** After each round. */
  lap(): Promise<RoundConditions> | RoundConditions;
  /** After a replica's last round. */
  stop(): Promise<readonly GpuConditions[]> | readonly GpuConditions[];
}
