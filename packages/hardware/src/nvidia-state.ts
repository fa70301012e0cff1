import { queryNvidiaSmi } from "./nvidia-smi.ts";

/** What a GPU's driver says of it at a moment. What it does not tell is null. */
export interface NvidiaState {
  readonly name: string;
  readonly clockMHz: number | null;
  readonly temperatureC: number | null;
  readonly powerW: number | null;
  /** True where the clock is held down for heat or power. */
  readonly throttled: boolean | null;
}

const fields = [
  "name",
  "clocks.sm",
  "temperature.gpu",
  "power.draw",
  "clocks_throttle_reasons.active",
];

/**
 * Reasons that are no sign of trouble: idle (0x1), and clocks that a person set
 * (0x2). https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html
 */
const harmless = 0x3n;

/** Of each NVIDIA GPU; none where there is no such tool. Takes some tens of milliseconds. */
export async function readNvidiaStates(): Promise<NvidiaState[]> {
  return queryNvidiaSmi(fields).then(parseNvidiaStates, () => []);
}

export function parseNvidiaStates(text: string): NvidiaState[] {
  return text.split("\n").flatMap((line) => {
    const [name, clock, temperature, power, reasons] = line.split(",").map((cell) => cell.trim());
    if (!name || clock === undefined) return [];
    return [
      {
        name,
        clockMHz: numberOf(clock),
        temperatureC: numberOf(temperature),
        powerW: numberOf(power),
        throttled: /^0x[0-9a-f]+$/i.test(reasons ?? "")
          ? (BigInt(reasons!) & ~harmless) !== 0n
          : null,
      },
    ];
  });
}

function numberOf(cell: string | undefined): number | null {
  const value = Number.parseFloat(cell ?? "");
  return Number.isNaN(value) ? null : value;
}
