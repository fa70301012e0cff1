import {
  type MachineRecord,
  type PageFacts,
  describeWeights,
  ran,
  type RanCase,
  type RunRecord,
} from "@sebench/results";
import { formatBytes } from "../text/format.ts";
import { oneLine } from "@sebench/spec";

/** The facts by which a reader tells this machine from another. */
export function machineFacts(machine: MachineRecord): (readonly [string, string])[] {
  const { os, cpu, memory, gpus, device } = machine;
  if (device) return deviceFacts(device, machine);
  const cores = cpu.physicalCores === null ? "" : `, ${cpu.physicalCores} physical`;
  const limit = cpu.coreLimit === null ? "" : `, limited to ${cpu.coreLimit}`;
  const memoryLimit =
    memory.limitBytes === null ? "" : `, limited to ${formatBytes(memory.limitBytes)}`;
  const listed = gpus.map(({ name, driver, memoryBytes }) =>
    [name, ...(memoryBytes === null ? [] : [formatBytes(memoryBytes)]), `driver ${driver}`].join(
      ", ",
    ),
  );
  return [
    ["CPU", cpu.model],
    ["Cores", `${cpu.logicalCores} logical${cores}, ${cpu.usableCores} usable${limit}`],
    ["Extensions", cpu.flags.join(", ") || "unknown"],
    ["Clock", cpu.governor ?? "governor unknown"],
    ["Memory", `${formatBytes(memory.totalBytes ?? 0)}${memoryLimit}`],
    ["GPU", listed.join("; ") || "none listed by nvidia-smi"],
    ["System", `${os.name}, ${os.platform} ${os.kernel}, ${os.architecture}`],
    ["Container", machine.container ?? "no hint of one"],
    ["Node", machine.node],
    ["Key", machine.key],
  ];
}

/** What a page told of the device that it was opened on; a page cannot know more. */
function deviceFacts(
  { name, agent, model, coresTold, memoryGiBTold }: NonNullable<MachineRecord["device"]>,
  { key }: MachineRecord,
): (readonly [string, string])[] {
  const told = (value: number | null, unit: string) =>
    value === null ? "not told" : `${value} ${unit}, by the browser, which may round or make it up`;
  return [
    ["Device", name ?? "not named"],
    ["Browser", oneLine(agent)],
    ["Model", model ?? "not told"],
    ["Cores", told(coresTold, "logical")],
    ["Memory", told(memoryGiBTold, "GiB")],
    ["Key", key],
  ];
}

/** The machine in a few words: its processor and its cores, or a device's name and browser. */
export function machineTitle({ cpu, device }: MachineRecord): string {
  if (!device) return `${cpu.model}, ${cpu.usableCores} cores`;
  return `${device.name ?? "a device of somebody's own"} (${oneLine(device.agent)})`;
}

/**
 * The facts about where a run's weights came from. Seeded weights have none, because the seed is
 * told anyway.
 */
export function weightsFacts({ cases }: RunRecord): (readonly [string, string])[] {
  const origins = cases.flatMap((record) => (ran(record) ? originOf(record).map(oneLine) : []));
  return origins.length === 0 ? [] : [["Weights", [...new Set(origins)].join("; ")]];
}

/**
 * The origin of the weights of a case. Trained weights name their network, because a run may have
 * such weights for several pairs; files are of one pair.
 */
function originOf({ network, weights }: RanCase): string[] {
  switch (weights.kind) {
    case "seeded":
      return [];
    case "trained":
      return [`${network} ${describeWeights(weights)}`];
    case "checkpoint":
    case "model":
      return [describeWeights(weights)];
  }
}

/**
 * The facts about how the hosts were started: whether browsers were in their sandbox, and what kept
 * hosts and engines from reporting to their makers. Records of before these were told have none.
 */
export function hostFacts(cases: RunRecord["cases"]): (readonly [string, string])[] {
  const sandboxes = new Set<string>();
  const quiet = new Set<string>();
  const settings = new Set<string>();
  const pages = new Set<string>();
  for (const record of cases) {
    if (!ran(record) || record.hostStart === null) continue;
    const { hostStart, host } = record;
    if (hostStart.sandbox !== null) sandboxes.add(oneLine(`${host} ${hostStart.sandbox}`));
    if (hostStart.quiet.length > 0) quiet.add(oneLine(`${host} by ${hostStart.quiet.join(" ")}`));
    const set = Object.entries(hostStart.settings ?? {}).map(([name, value]) => `${name}=${value}`);
    if (set.length > 0) settings.add(oneLine(`${host} with ${set.join(" ")}`));
    if (hostStart.page) pages.add(oneLine(`${host}: ${describePage(hostStart.page)}`));
  }
  const others: readonly (readonly [string, ReadonlySet<string>])[] = [
    ["Browser settings", settings],
    ["Pages", pages],
  ];
  return [
    ...others.flatMap(([name, told]) =>
      told.size === 0 ? [] : [[name, [...told].join("; ")] as const],
    ),
    ...(sandboxes.size === 0 ? [] : [["Sandbox", [...sandboxes].join("; ")] as const]),
    ...(quiet.size === 0 ? [] : [["Kept from reporting", [...quiet].join("; ")] as const]),
  ];
}

/** What a page told of itself, as far as it bears on figures. */
function describePage({
  crossOriginIsolated,
  secureContext,
  sharedMemory,
  clockStepMs,
}: PageFacts): string {
  const step =
    clockStepMs < 0.001
      ? "a clock finer than 1 \u00b5s"
      : `a clock with steps of ${Number((1000 * clockStepMs).toPrecision(2))} \u00b5s`;
  return [
    secureContext ? "a secure context" : "no secure context",
    crossOriginIsolated ? "cross-origin isolated" : "not cross-origin isolated",
    sharedMemory ? "memory that threads share" : "no memory that threads share",
    step,
  ].join(", ");
}

/** The method in short; docs/method.md has the reasons. */
export const methodSteps: readonly string[] = [
  "Plain and SE are built from one definition, with trained weights where they ship, with those of the files that are named, or else with the same seeded weights wherever both have a parameter; batch norm is folded.",
  "Each case runs in a process or browser of its own, with nothing else of the run beside it, in several replicas: both members prepared anew, in alternating order.",
  "After warm-up, rounds visit the plain network and every form of SE in seeded random order, so that what slows the machine for longer than a round cancels in the round's ratio.",
  "A replica's overhead is the 20 % trimmed mean of its rounds' log-ratios; the case's is the location of its replicas, with a 95 % interval from how the replicas differ. One replica gives no interval.",
  "Between rounds, never during one, the machine is looked at: rounds that other programs, a hypervisor, heat or a quota held up are marked, and stay.",
  "After timing, the sessions that were timed are asked about labelled images where the weights are trained; the exact test of McNemar compares them with the oracle, and SE with plain, image by image.",
  "No sample is dropped. Percentiles that the samples do not carry are left out.",
  "A device is named only where the evidence proves that it did the work; software GPUs are marked, and not ranked; the default profile does not time them.",
  "Two runtimes are told apart where neither the intervals of their medians nor the medians of their replicas overlap; two forms of one network where the interval of their ratio in the rounds that they share leaves out 1.",
];
