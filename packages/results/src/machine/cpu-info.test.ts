import { expect, test } from "vitest";
import { parseCpuInfo } from "./describe-machine.ts";

test("cores and extensions are read from an x86 machine's text", () => {
  // The text was recorded on a virtual machine with two cores of an AMD EPYC 9005; lines
  // are left out.
  const text = `processor	: 0
vendor_id	: AuthenticAMD
model name	: AMD EPYC
physical id	: 0
siblings	: 2
core id		: 0
cpu cores	: 2
flags		: fpu sse sse2 ssse3 fma cx16 sse4_1 sse4_2 avx f16c bmi1 avx2 avx512f avx512dq avx512bw avx512vl avx_vnni avx512_bf16 avx512_vnni

processor	: 1
vendor_id	: AuthenticAMD
model name	: AMD EPYC
physical id	: 0
siblings	: 2
core id		: 1
cpu cores	: 2
flags		: fpu sse sse2 ssse3 fma cx16 sse4_1 sse4_2 avx f16c bmi1 avx2 avx512f avx512dq avx512bw avx512vl avx_vnni avx512_bf16 avx512_vnni

`;
  expect(parseCpuInfo(text)).toEqual({
    physicalCores: 2,
    flags: [
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
    ],
  });
});

test("two threads of a core are one physical core, and core 0 of two sockets is two", () => {
  const text = [
    [0, 0],
    [0, 0],
    [1, 0],
    [1, 0],
  ]
    .map(([socket, core]) => `physical id : ${socket}\ncore id : ${core}\nflags : avx2`)
    .join("\n\n");
  expect(parseCpuInfo(text).physicalCores).toBe(2);
});

test("an Arm machine's text gives its features, and no count of physical cores", () => {
  // Linux writes this text for a Neoverse N1.
  const text = `processor	: 0
BogoMIPS	: 243.75
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
CPU part	: 0xd0c

`;
  expect(parseCpuInfo(text)).toEqual({
    physicalCores: null,
    flags: ["asimd", "asimdhp", "asimddp"],
  });
});

test("a system without the file gives nothing rather than an error", () => {
  expect(parseCpuInfo("")).toEqual({ physicalCores: null, flags: [] });
});
