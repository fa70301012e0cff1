import { z } from "zod";
import { count, words } from "../record/quantity.ts";

const gpu = z.strictObject({
  name: words,
  driver: words,
  /** Null where the driver does not tell. */
  memoryBytes: count.nullable(),
});
export type Gpu = z.infer<typeof gpu>;

/** What the machine is; nothing that names its owner or its place in a network. */
export const machineRecord = z.strictObject({
  /**
   * Names the same hardware again, whatever its kernel, driver or Node: 16
   * hexadecimal digits.
   */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  os: z.strictObject({
    /** As Node names it: `linux`. */
    platform: words,
    /** For people: `Debian GNU/Linux 12 (bookworm)`. */
    name: words,
    kernel: words,
    /** As Node names it: `x64`. */
    architecture: words,
  }),
  cpu: z.strictObject({
    model: words,
    logicalCores: count.min(1),
    /** Null where the system does not tell. */
    physicalCores: count.min(1).nullable(),
    /** Logical cores that this process may run on. */
    usableCores: count.min(1),
    /** CPU time that the control group may take, in cores; null where it is not limited. */
    coreLimit: z.number().positive().nullable(),
    /** Extensions that decide which kernels an engine picks: `avx2`, `avx512f`. */
    flags: z.array(words).readonly(),
    /** How the clock is governed: `performance`; null where the system does not tell. */
    governor: words.nullable(),
  }),
  memory: z.strictObject({
    totalBytes: count,
    /** Of the control group; null where it is not limited. */
    limitBytes: count.nullable(),
  }),
  /** Version of the Node that ran the harness: `v20.20.2`. */
  node: words,
  /** As `nvidia-smi` lists them. */
  gpus: z.array(gpu).readonly(),
  /** What the machine seems to be inside of: `docker`; null where nothing hints at it. */
  container: words.nullable(),
});
export type MachineRecord = z.infer<typeof machineRecord>;
