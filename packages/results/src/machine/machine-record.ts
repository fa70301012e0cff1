import { z } from "zod";
import { count, divisor, words } from "../record/quantity.ts";

const gpu = z.strictObject({
  name: words,
  driver: words,
  /** The memory of the GPU, or null if the driver does not tell. */
  memoryBytes: count.nullable(),
});
export type Gpu = z.infer<typeof gpu>;

/** A description of the machine, with nothing that names its owner or its place in a network. */
export const machineRecord = z.strictObject({
  /**
   * The key that names the same hardware again, whatever its kernel, driver or Node:
   * 16 hexadecimal digits.
   */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  os: z.strictObject({
    /** The platform, as Node names it: `linux`. */
    platform: words,
    /** The name of the system for people: `Debian GNU/Linux 12 (bookworm)`. */
    name: words,
    kernel: words,
    /** The architecture, as Node names it: `x64`. */
    architecture: words,
  }),
  cpu: z.strictObject({
    model: words,
    /** The number of logical cores, or null on a device whose browser may have made it up. */
    logicalCores: count.min(1).nullable(),
    /** The number of physical cores, or null if the system does not tell. */
    physicalCores: count.min(1).nullable(),
    /** The logical cores that this process may run on, or null on a device. */
    usableCores: count.min(1).nullable(),
    /** The CPU time that the control group may take, in cores, or null if it is not limited. */
    coreLimit: divisor.nullable(),
    /** The extensions that decide which kernels an engine picks: `avx2`, `avx512f`. */
    flags: z.array(words).readonly(),
    /** The governor of the clock, such as `performance`, or null if the system does not tell. */
    governor: words.nullable(),
  }),
  memory: z.strictObject({
    /** The memory of the machine, or null on a device, whose browser does not tell. */
    totalBytes: count.nullable(),
    /** The memory limit of the control group, or null if it is not limited. */
    limitBytes: count.nullable(),
  }),
  /** The version of the Node that ran the harness: `v20.20.2`. */
  node: words,
  /** The GPUs, as `nvidia-smi` lists them. */
  gpus: z.array(gpu).readonly(),
  /**
   * The container that the machine seems to be inside of, such as `docker`, or null if
   * nothing hints at one.
   */
  container: words.nullable(),
  /**
   * The device of somebody's own on which a browser measured, as it told of itself; left out where
   * the harness measured on its own machine. Of a device nothing else is known: what is null above
   * is null since no page can tell it.
   */
  device: z
    .strictObject({
      /** The name that somebody typed in at the device, or null. */
      name: words.max(80).nullable(),
      /** The browser's own description of itself. */
      agent: words,
      model: words.nullable(),
      /** The cores and the GiB of memory that the browser told, which may be made up or rounded. */
      coresTold: count.nullable(),
      memoryGiBTold: z.number().min(0).nullable(),
    })
    .optional(),
});
export type MachineRecord = z.infer<typeof machineRecord>;
