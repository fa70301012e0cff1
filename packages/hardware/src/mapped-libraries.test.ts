import { describe, expect, it } from "vitest";
import { mappedLibraries, parseMaps, stemOf, versionOf } from "./mapped-libraries.ts";

const maps = `
55e0c7a00000-55e0c7b00000 r--p 00000000 08:01 1311                       /usr/bin/node
7f10a0000000-7f10a0400000 r-xp 00000000 08:01 42                         /usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05
7f10a0400000-7f10a0600000 r--p 00400000 08:01 42                         /usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05
7f10b0000000-7f10b0080000 r-xp 00000000 08:01 43                         /opt/my cuda/lib64/libcudart.so.13.0.96
7f10b8000000-7f10b8080000 r-xp 00000000 08:01 44                         /usr/lib/x86_64-linux-gnu/libcudnn.so.9.13.0
7f10b9000000-7f10b9080000 r-xp 00000000 08:01 45                         /usr/lib/x86_64-linux-gnu/libcudnn_ops.so.9.13.1
7f10c0000000-7f10c8000000 r-xp 00000000 08:01 46                         /usr/lib/libnvinfer.so.10 (deleted)
7f10d0000000-7f10d8000000 rw-p 00000000 00:00 0
7ffd10000000-7ffd10021000 rw-p 00000000 00:00 0                          [stack]
`;

describe("parseMaps", () => {
  it("names each library once, by its file", () => {
    expect(parseMaps(maps)).toEqual([
      "libcuda.so.580.95.05",
      "libcudart.so.13.0.96",
      "libcudnn.so.9.13.0",
      "libcudnn_ops.so.9.13.1",
      "libnvinfer.so.10",
    ]);
  });
});

describe("versionOf", () => {
  const files = parseMaps(maps);

  it("is what the file's name tells", () => {
    expect(versionOf("libcudart.so", files)).toBe("13.0.96");
    expect(versionOf("libnvinfer.so", files)).toBe("10");
    expect(versionOf("libfoo.so", ["libfoo.so"])).toBe("unknown");
  });

  it("is not that of a library whose name begins alike", () => {
    expect(versionOf("libcudnn.so", files)).toBe("9.13.0");
    expect(versionOf("libcudnn_ops.so", files)).toBe("9.13.1");
  });

  it("is null for a library that is not there", () => {
    expect(versionOf("libcublas.so", files)).toBeNull();
  });
});

it.runIf(process.platform === "linux")("finds the C library of this very process", async () => {
  const stems = (await mappedLibraries())!.map(stemOf);
  expect(stems.some((stem) => /^(libc|ld-musl-.*)\.so$/.test(stem))).toBe(true);
});
