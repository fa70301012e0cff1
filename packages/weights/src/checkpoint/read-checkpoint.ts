import { InputError } from "@sebench/spec";
import { readSafetensors } from "../read-safetensors.ts";
import type { SafetensorsFile } from "../stored-tensor.ts";

/**
 * Reads a file of published weights.
 *
 * Throws an `InputError` that says what the file is instead, where it can be told, and what to do
 * about it.
 *
 * @param source how messages name the file
 */
export function readCheckpoint(bytes: Uint8Array, source: string): SafetensorsFile {
  const other = otherKindOf(bytes);
  if (other !== null) {
    throw new InputError(`${source} is not a safetensors file, but ${other.what}`, {
      remedy: other.remedy(source),
    });
  }
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof InputError) || cause.remedy === null) throw cause;
    throw new InputError(`${source}: ${cause.message}`, { remedy: cause.remedy, cause });
  }
}

interface OtherKind {
  readonly what: string;
  remedy(source: string): string;
}

/** What else the file is; null where it may be safetensors, whose header begins at byte 8 with {. */
function otherKindOf(bytes: Uint8Array): OtherKind | null {
  if (bytes[8] === 0x7b) return null;
  const [first, second, third, fourth] = bytes;
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) {
    return { what: "a zip archive, as torch.save writes one", remedy: conversion };
  }
  if (first === 0x80 && second! >= 2 && second! <= 5) {
    return { what: "a Python pickle, as torch.save wrote one before 1.6", remedy: conversion };
  }
  return textKindOf(new TextDecoder("latin1").decode(bytes.subarray(0, 64)));
}

/** How PyTorch's files are converted, in one line. */
function conversion(source: string): string {
  const to = source.replace(/(\.[a-z]+)?$/i, ".safetensors");
  const steps = [
    "import torch, safetensors.torch as s",
    `w = torch.load(${JSON.stringify(source)}, map_location="cpu", weights_only=True)`,
    `s.save_file({k: v.contiguous() for k, v in w.get("state_dict", w).items()}, ${JSON.stringify(to)})`,
  ];
  return `convert it: python3 -c '${steps.join("; ")}'`;
}

/** The length of a safetensors header ends in bytes of 0, which no text has. */
function textKindOf(start: string): OtherKind | null {
  if (!/^(?:\u00ef\u00bb\u00bf)?[\t\n\r -~]{8}/.test(start)) return null;
  if (start.startsWith("version https://git-lfs")) {
    return {
      what: "a pointer of Git LFS, which says where the file is",
      remedy: () => "fetch the file itself, with git lfs pull or from its page",
    };
  }
  if (/^[^\w]*<[!?a-z]/i.test(start)) {
    return {
      what: "a web page",
      remedy: () => "fetch the file itself: of a page that shows it, take the link to download it",
    };
  }
  return {
    what: `text: ${JSON.stringify(start.slice(0, 40)).replaceAll(/[^ -~]/g, "?")}`,
    remedy: () => "fetch the file again",
  };
}
