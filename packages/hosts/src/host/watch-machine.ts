import { type MachineState, machineReader, readNvidiaStates, tickMs } from "@sebench/hardware";
import type { ConditionsWatch, RoundConditions } from "@sebench/measure";

/** The number of cores that others may take before a round counts as disturbed. */
const tolerated = 0.25;

interface Look {
  readonly state: MachineState;
  readonly ownMs: number;
}

/**
 * The clock of the processor time of all processes that measure, in milliseconds, counted from any
 * moment.
 */
export interface ProcessorClock {
  /** Finds the processes anew, before a replica's first round. */
  start?(): Promise<void>;
  /** Reads the time to the microsecond, or gives null where the system does not tell it so finely. */
  fine(): number | null;
  /** Reads the time where `fine` gives null. */
  coarse(): Promise<number> | number;
}

/** Watches the machine between timed runs. */
export function watchMachine(clock: ProcessorClock): ConditionsWatch {
  let last: Look | null = null;
  let marks: (number | null)[] = [];
  const readMachine = machineReader();
  const look = async (): Promise<Look & { readonly fineMs: number | null }> => {
    // The processor time comes first, so that the look's own is not the last visit's.
    const fineMs = clock.fine();
    return { fineMs, ownMs: fineMs ?? (await clock.coarse()), state: readMachine() };
  };
  return {
    async start() {
      await clock.start?.();
      last = await look();
      marks = [];
    },
    mark: () => void marks.push(clock.fine()),
    async lap() {
      const now = await look();
      const before = last ?? now;
      last = now;
      const processorMs = differences([...marks, now.fineMs]);
      marks = [];
      return { ...roundConditions(before, now), processorMs };
    },
    stop: readNvidiaStates,
  };
}

/** The differences of each value from the one before, or null where a value is missing. */
function differences(values: readonly (number | null)[]): number[] | null {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return null;
  return known.slice(1).map((value, at) => value - known[at]!);
}

export function roundConditions(before: Look, after: Look): Omit<RoundConditions, "processorMs"> {
  const { state } = after;
  const elapsedMs = Math.max(state.atMs - before.state.atMs, 1e-3);
  const rise = (read: (of: MachineState) => number | null): number | null => {
    const [from, to] = [read(before.state), read(state)];
    return from === null || to === null ? null : Math.max(0, to - from);
  };
  const busyMs = rise(({ busyMs: busy }) => busy);
  const foreignMs = busyMs === null ? null : Math.max(0, busyMs - (after.ownMs - before.ownMs));
  const stolenMs = rise(({ stolenMs: stolen }) => stolen);
  const energyJ = rise(({ energyJ: energy }) => energy);
  return {
    foreignCores: foreignMs === null ? null : foreignMs / elapsedMs,
    load: state.load,
    clockMHz: state.clockMHz,
    temperatureC: state.temperatureC,
    powerW: energyJ === null ? null : energyJ / (elapsedMs / 1000),
    disturbed:
      isLarge(foreignMs, elapsedMs) ||
      isLarge(stolenMs, elapsedMs) ||
      isAny(rise(({ throttles }) => throttles)) ||
      isAny(rise(({ quotaWaitMs }) => quotaWaitMs)),
  };
}

/**
 * Whether processor time in milliseconds exceeds what is tolerated by more than the two ticks that
 * a difference of counts may be off.
 */
function isLarge(ms: number | null, elapsedMs: number): boolean {
  return ms !== null && (ms - 2 * tickMs) / elapsedMs > tolerated;
}

function isAny(rise: number | null): boolean {
  return rise !== null && rise > 0;
}
