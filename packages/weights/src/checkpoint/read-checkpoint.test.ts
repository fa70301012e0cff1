import { execFileSync } from "node:child_process";
import type { InputError } from "@sebench/spec";
import { describe, expect, it, test } from "vitest";
import { writeSafetensors } from "../safetensors/write-safetensors.ts";
import { readCheckpoint } from "./checkpoint.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");

function refusal(bytes: Uint8Array, source = "model.pth"): unknown {
  try {
    return readCheckpoint(bytes, source);
  } catch (error) {
    return error;
  }
}

describe("a file of another kind is named, with what to do about it", () => {
  it.each([
    // torch.save writes a zip since 1.6, which begins with the local header of its first entry.
    [latin1("PK\x03\x04\x00\x00\x08\x08\x00\x00archive/data.pkl"), "zip archive", "torch.load"],
    // torch.save wrote its magic number as a pickle before 1.6.
    [latin1("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."), "pickle", "torch.load"],
    [
      latin1("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 98\n"),
      "pointer of Git LFS",
      "git lfs pull",
    ],
    [latin1("\n<!DOCTYPE html>\n<html><head>"), "web page", "download"],
    [latin1("<html lang=en>"), "web page", "download"],
    [latin1('<?xml version="1.0"?><Error>'), "web page", "download"],
    [latin1("Entry not found"), 'text: "Entry not found"', "again"],
  ])("%j", (bytes, what, remedy) => {
    expect(refusal(bytes)).toMatchObject({
      name: "InputError",
      message: expect.stringMatching(new RegExp(`^model.pth is not a safetensors file, .*${what}`)),
      remedy: expect.stringContaining(remedy),
    });
  });
});

test("the line that converts one of PyTorch's files names it, and the file to give", () => {
  expect(refusal(latin1("PK\x03\x04\x00\x00\x08\x08\x00"), "a/legacy.v2.pth")).toMatchObject({
    remedy: expect.stringMatching(/"a\/legacy\.v2\.pth".*"a\/legacy\.v2\.safetensors"/),
  });
});

test("a shell hands that line to Python as it is, whatever the file's name", () => {
  const source = `it's a "model" of $HOME.pth`;
  const { remedy } = refusal(latin1("PK\x03\x04\x00\x00\x08\x08\x00"), source) as InputError;
  const word = remedy!.replace("convert it: python3 -c ", "");
  const program = execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" });
  expect(program).toContain(`torch.load(${JSON.stringify(source)}, `);
});

test("a safetensors file whose header is as long as a magic number is none of these", () => {
  // A length of 0x0280 bytes begins with the bytes of a pickle.
  const padded = new Map([["a", "x".repeat(0x280 - '{"__metadata__":{"a":""}}'.length)]]);
  const file = writeSafetensors(new Map(), padded);
  expect([...file.subarray(0, 2)]).toEqual([0x80, 0x02]);
  expect(readCheckpoint(file, "a.safetensors").metadata).toEqual(padded);
});

test.each([
  ["is empty", new Uint8Array(0), "it has 0 bytes, fewer than 8"],
  [
    "is cut off",
    writeSafetensors(
      new Map([["t", { dtype: "F32", shape: [1], bytes: new Uint8Array(4) }]]),
    ).subarray(0, -1),
    "t ends at byte 4 of 3",
  ],
  [
    "would have a header of 10 GB",
    new Uint8Array([0, 0xe4, 0x0b, 0x54, 2, 0, 0, 0, 0x7b, 0x7d]),
    "its header would have 10000000000 bytes, more than 100000000",
  ],
])("a file that %s is not valid, and is named", (_what, bytes, cause) => {
  expect(refusal(bytes, "a.safetensors")).toMatchObject({
    name: "InputError",
    message: `a.safetensors: not a valid safetensors file: ${cause}`,
    remedy: expect.stringContaining("again"),
  });
});
