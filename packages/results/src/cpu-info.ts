/**
 * Extensions that decide which kernels engines pick: oneDNN, MLAS and XNNPACK
 * branch on these. In the words of /proc/cpuinfo, x86 and then Arm. They are part of
 * the machine key: another word here gives those who have it another key.
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
  /** Null on processors whose entries do not tell, such as most Arm ones. */
  readonly physicalCores: number | null;
  readonly flags: readonly string[];
}

/** Reads the text of /proc/cpuinfo; an empty text gives what is known of no processor. */
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
