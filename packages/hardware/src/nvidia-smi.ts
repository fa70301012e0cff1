import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A GPU as the driver lists it. */
export interface NvidiaGpu {
  readonly name: string;
  readonly driver: string;
  /** The memory of the GPU, or null if the driver does not tell. */
  readonly memoryBytes: number | null;
  /**
   * The version of the GPU's instructions, where `8.0` is Ampere, or null if the driver
   * does not tell.
   */
  readonly computeCapability: string | null;
}

const fields = ["name", "driver_version", "memory.total"];

/**
 * The NVIDIA GPUs, as the driver's own tool lists them; there are none if there is no such
 * tool.
 */
export async function listNvidiaGpus(): Promise<NvidiaGpu[]> {
  try {
    return parseNvidiaSmi(await queryNvidiaSmi([...fields, "compute_cap"]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
  }
  // A driver before 470 refuses the question for `compute_cap`.
  return queryNvidiaSmi(fields).then(parseNvidiaSmi, () => []);
}

/**
 * The answer of nvidia-smi: a line for each GPU, with cells separated by commas.
 *
 * @throws an error with the code ENOENT if there is no such tool
 */
async function queryNvidiaSmi(asked: readonly string[]): Promise<string> {
  const flags = [`--query-gpu=${asked.join(",")}`, "--format=csv,noheader,nounits"];
  const { stdout } = await promisify(execFile)("nvidia-smi", flags, { timeout: 10_000 });
  return stdout;
}

/** Reads `name, driver, memory in MiB, compute capability`, a line for each GPU. */
export function parseNvidiaSmi(text: string): NvidiaGpu[] {
  return text.split("\n").flatMap((line) => {
    const [name, driver, mebibytes, capability] = line.split(",").map((cell) => cell.trim());
    if (!name || !driver) return [];
    const memory = Number.parseInt(mebibytes ?? "", 10) * 2 ** 20;
    return [
      {
        name,
        driver,
        memoryBytes: Number.isSafeInteger(memory) && memory >= 0 ? memory : null,
        computeCapability: /^\d+\.\d+$/.test(capability ?? "") ? capability! : null,
      },
    ];
  });
}

/** The state of a GPU at a moment. A value that the driver does not tell is null. */
export interface NvidiaState {
  readonly name: string;
  readonly clockMHz: number | null;
  readonly temperatureC: number | null;
  readonly powerW: number | null;
  /** Whether the GPU's clock is held down for heat or power. */
  readonly throttled: boolean | null;
}

const stateFields = [
  "name",
  "clocks.sm",
  "temperature.gpu",
  "power.draw",
  "clocks_throttle_reasons.active",
];

/**
 * The reasons for a lower clock that are no sign of trouble: idle (0x1), and clocks
 * that a person set (0x2).
 *
 * @see https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html
 */
const harmless = 0x3n;

/**
 * The state of each NVIDIA GPU, which takes some tens of milliseconds; there are none if
 * there is no nvidia-smi.
 */
export async function readNvidiaStates(): Promise<NvidiaState[]> {
  return queryNvidiaSmi(stateFields).then(parseNvidiaStates, () => []);
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
  return Number.isFinite(value) ? value : null;
}
