import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { controlGroupFolders, listNvidiaGpus, parseCpuMax } from "@sebench/hardware";
import type { PageFacts } from "../case/page-facts.ts";
import type { MachineRecord } from "./machine-record.ts";

/** Describes the machine that this process runs on. A value that cannot be found out is null. */
export async function describeMachine(): Promise<MachineRecord> {
  const machine = {
    os: {
      platform: process.platform,
      name: await systemName(),
      kernel: os.release(),
      architecture: process.arch,
    },
    cpu: await describeCpu(),
    memory: { totalBytes: os.totalmem(), limitBytes: memoryLimit() },
    node: process.version,
    gpus: (await listNvidiaGpus()).map(({ name, driver, memoryBytes }) => ({
      name,
      driver,
      memoryBytes,
    })),
    container: containerHint(),
  };
  return { key: machineKey(machine), ...machine };
}

/**
 * The key of a machine, made of what stays the same when the system is updated: the
 * hardware, and how much of it is lent.
 */
export function machineKey({ os: system, cpu, memory, gpus }: Omit<MachineRecord, "key">): string {
  const stable = [
    system.platform,
    system.architecture,
    cpu.model,
    // The flags tell processors of several generations apart to which hypervisors give one name.
    cpu.flags,
    cpu.logicalCores,
    cpu.coreLimit,
    // The memory is rounded, since a kernel keeps some for itself, and not always the same amount.
    memory.totalBytes === null ? null : Math.round(memory.totalBytes / 2 ** 30),
    gpus.map(({ name }) => name),
  ];
  return createHash("sha256").update(JSON.stringify(stable)).digest("hex").slice(0, 16);
}

const notTold = "not told by the browser";

/**
 * Describes the device of a page, as far as a page can know it. The key is of its name, its browser
 * and the cores that this tells, and never of the machine that served the page.
 */
export function describeDevice(name: string | null, page: PageFacts): MachineRecord {
  const { agent, model, coresTold, memoryGiBTold } = page;
  const stable = ["device", name, agent, model, coresTold];
  return {
    key: createHash("sha256").update(JSON.stringify(stable)).digest("hex").slice(0, 16),
    os: {
      platform: notTold,
      // The part of an agent in its first brackets names the system: "Linux; Android 15; Pixel 9".
      name: /\(([^)]+)\)/.exec(agent)?.[1] ?? notTold,
      kernel: notTold,
      architecture: notTold,
    },
    cpu: {
      model: model ?? notTold,
      logicalCores: null,
      physicalCores: null,
      usableCores: null,
      coreLimit: null,
      flags: [],
      governor: null,
    },
    memory: { totalBytes: null, limitBytes: null },
    node: process.version,
    gpus: [],
    container: null,
    device: { name, agent, model, coresTold, memoryGiBTold },
  };
}

async function describeCpu(): Promise<MachineRecord["cpu"]> {
  const cores = os.cpus();
  const { physicalCores, flags } = parseCpuInfo(await readOr("/proc/cpuinfo", ""));
  const governor = await readOr("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "");
  return {
    model: cores[0]?.model.trim() || "unknown",
    logicalCores: Math.max(cores.length, 1),
    physicalCores,
    usableCores: os.availableParallelism(),
    coreLimit: await coreLimit(),
    flags,
    governor: governor.trim() || null,
  };
}

/** The tightest limit of this process's control group and of those around it. */
async function coreLimit(): Promise<number | null> {
  const legacy = "/sys/fs/cgroup/cpu";
  const texts = await Promise.all([
    ...controlGroupFolders(await readOr("/proc/self/cgroup", "")).map((folder) =>
      readOr(`${folder}/cpu.max`, ""),
    ),
    Promise.all([
      readOr(`${legacy}/cpu.cfs_quota_us`, ""),
      readOr(`${legacy}/cpu.cfs_period_us`, ""),
    ]).then((pair) => pair.join(" ")),
  ]);
  const limits = texts.map(parseCpuMax).filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

function memoryLimit(): number | null {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : null;
}

async function systemName(): Promise<string> {
  const release = await readOr("/etc/os-release", "");
  return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(release)?.[1] ?? `${os.type()} ${os.release()}`;
}

function containerHint(): string | null {
  if (process.env["KUBERNETES_SERVICE_HOST"]) return "kubernetes";
  if (existsSync("/run/.containerenv")) return "podman";
  return existsSync("/.dockerenv") ? "docker" : null;
}

async function readOr(path: string, otherwise: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return otherwise;
  }
}

/**
 * The extensions that decide which kernels engines pick, since oneDNN, MLAS and XNNPACK
 * branch on them, in the words of /proc/cpuinfo: x86 first and then Arm. They are part
 * of the machine key, so another word here gives another key to the machines that have it.
 */
const telling = [
  "sse4_1",
  "avx",
  "fma",
  "avx2",
  "avx_vnni",
  "avx512f",
  "avx512bw",
  "avx512vl",
  "avx512_vnni",
  "avx512_bf16",
  "avx512_fp16",
  "amx_tile",
  "amx_int8",
  "amx_bf16",
  "asimd",
  "asimdhp",
  "asimddp",
  "i8mm",
  "bf16",
  "sve",
  "sve2",
];

export interface CpuInfo {
  /**
   * The number of physical cores, or null if the entries do not tell, as on most Arm
   * processors.
   */
  readonly physicalCores: number | null;
  readonly flags: readonly string[];
}

/** Reads the text of /proc/cpuinfo; an empty text gives null and no flags. */
export function parseCpuInfo(text: string): CpuInfo {
  const processors = text.split(/\n\s*\n/).map(parseFields);
  const cores = processors.flatMap((fields) => {
    const core = fields.get("core id");
    return core === undefined ? [] : [`${fields.get("physical id") ?? 0}/${core}`];
  });
  const first = processors[0];
  const listed = new Set((first?.get("flags") ?? first?.get("Features") ?? "").split(" "));
  return {
    physicalCores: cores.length === 0 ? null : new Set(cores).size,
    flags: telling.filter((flag) => listed.has(flag)),
  };
}

function parseFields(processor: string): Map<string, string> {
  return new Map(
    processor.split("\n").flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
    }),
  );
}
