import { type MachineState, machineReader, readNvidiaStates, tickMs } from "@sebench/hardware";
import type { ConditionsWatch, RoundConditions } from "@sebench/measure";

/** The number of cores that others may take before a round counts as disturbed. */
const tolerated = 0.25;

interface Look {
  readonly state: MachineState;
  readonly ownMs: number;
}

/**
 * Watches the machine between timed runs.
 *
 * @param ownMs gives the processor time of the processes that measure, in milliseconds, counted
 * from any moment
 */
export function watchMachine(ownMs: () => number | Promise<number>): ConditionsWatch {
  let last: Look | null = null;
  const readMachine = machineReader();
  const look = async (): Promise<Look> => ({ state: readMachine(), ownMs: await ownMs() });
  return {
    async start() {
      last = await look();
    },
    async lap() {
      const now = await look();
      const before = last ?? now;
      last = now;
      return roundConditions(before, now);
    },
    stop: readNvidiaStates,
  };
}

export function roundConditions(before: Look, after: Look): RoundConditions {
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
