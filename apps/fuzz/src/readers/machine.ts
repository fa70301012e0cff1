import { inspect } from "node:util";
import {
  controlGroupFolders,
  parseCpuMax,
  parseField,
  parseMaps,
  parseNvidiaSmi,
  parseNvidiaStates,
  parseQuotaWait,
  parseStat,
} from "@sebench/hardware";
import { fromText, type OpenReaders, type Reader } from "./reader.ts";

export const open: OpenReaders = () => [
  reader(
    "nvidia-smi",
    parseNvidiaSmi,
    "Tesla T4, 535.104.05, 15360, 7.5\nNVIDIA A100, 535.104.05, [N/A], 8.0\n",
  ),
  reader("nvidia-states", parseNvidiaStates, "Tesla T4, 1590, 61, 69.50, 0x0000000000000004\n"),
  reader("stat", parseStat, "cpu  10 20 30 40 50 60 70 80 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n"),
  reader("cpu.stat", parseQuotaWait, "usage_usec 100\nthrottled_usec 2500\n"),
  reader("cpu.max", parseCpuMax, "200000 100000\n"),
  reader("cgroup", controlGroupFolders, "0::/user.slice/session\n"),
  reader(
    "maps",
    parseMaps,
    "7f00-7f10 r-xp 00000000 08:01 42    /usr/lib/libcudnn.so.9.13.0 (deleted)\n",
  ),
  reader(
    "status",
    (text) => parseField(text, "VmRSS"),
    "Name:\tnode\nVmHWM:\t  120 kB\nVmRSS:\t  100 kB\n",
  ),
];

function reader(name: string, parse: (text: string) => unknown, content: string): Reader {
  return {
    name: `machine/${name}`,
    seeds: [{ form: "lines", content }],
    share: 0.3,
    refuses: () => false,
    read: fromText((text) => ({ value: inspect(parse(text), { depth: null }) })),
  };
}
