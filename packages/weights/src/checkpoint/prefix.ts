import { InputError } from "@sebench/spec";
import type { SafetensorsFile, StoredTensor } from "../safetensors/stored-tensor.ts";
import { toldKey } from "../safetensors/told.ts";

/**
 * The beginning of a key as a network itself writes it. What stands before it is the name of a
 * wrapper: `module.` of DataParallel, `_orig_mod.` of torch.compile, `model.` of Lightning.
 */
const root =
  /^(?:(?:conv|bn)\d?[._]|conv2d_\d|layer\d+\.|fc\.|last_linear\.|classif\.|classifier\.|features\.\d|blocks\.\d|s\d\.b\d|trunk_output\.|pre_logits\.|inception_\d|mixed_\d|repeat(?:_\d)?\.|block8\.|stem\.|stage\d+\.)/;

/** The same where a file is of a network of timm's whose classifier is `head.fc`. */
const rootWithHead = new RegExp(`${root.source}|^head\\.fc\\.`);

/** A key of such a network. */
const ofHead = /(?:^|\.)(?:s1\.b1|pre_logits)\./;

/** The wrappers around each other that are looked through. */
const deepest = 5;

/** One copy of a network's weights in a file, whose keys have no prefix any more. */
export interface CheckpointPart extends SafetensorsFile {
  /** The prefixes that were taken off, without the empty one. */
  readonly prefixes: readonly string[];
}

/** The word that asks for the keys without a prefix. */
const noPrefix = "none";

/**
 * Takes the prefixes of wrappers off a file's keys. A file with several copies of one network's
 * weights, such as a moving average beside the weights, needs a prefix that chooses one.
 *
 * @param asked the prefixes of the keys that are read, separated by commas, `none` for keys without
 * one, or null for all keys of the file
 * @param source the name of the file in messages
 * @throws InputError where copies are in the file and none is chosen, or a prefix is not there
 */
export function partOf(
  { tensors, metadata }: SafetensorsFile,
  asked: string | null,
  source: string,
): CheckpointPart {
  const parts = partsIn(tensors);
  const wanted = asked === null ? [...parts.keys()] : readAsked(asked, [...parts.keys()], source);
  const taken = new Map<string, StoredTensor>();
  for (const prefix of wanted) {
    for (const [key, tensor] of parts.get(prefix)!) {
      if (taken.has(key)) throw severalCopies(parts, source);
      taken.set(key, tensor);
    }
  }
  if (asked === null) {
    const own = rootIn(tensors);
    for (const [key, tensor] of tensors) if (prefixOf(key, own) === null) taken.set(key, tensor);
  }
  return { tensors: taken, metadata, prefixes: wanted.filter((each) => each !== "") };
}

type Parts = ReadonlyMap<string, ReadonlyMap<string, StoredTensor>>;

/** The tensors of each prefix, by their keys without it. */
function partsIn(tensors: SafetensorsFile["tensors"]): Parts {
  const parts = new Map<string, Map<string, StoredTensor>>();
  const own = rootIn(tensors);
  for (const [key, tensor] of tensors) {
    const prefix = prefixOf(key, own);
    if (prefix === null) continue;
    const part = parts.get(prefix) ?? new Map<string, StoredTensor>();
    parts.set(prefix, part.set(key.slice(prefix.length), tensor));
  }
  return parts;
}

function rootIn(tensors: SafetensorsFile["tensors"]): RegExp {
  return [...tensors.keys()].some((key) => ofHead.test(key)) ? rootWithHead : root;
}

/** What stands before a network's own name of a parameter, or null where no such name is found. */
function prefixOf(key: string, own: RegExp): string | null {
  let start = 0;
  for (let depth = 0; depth <= deepest; depth++) {
    if (own.test(key.slice(start))) return key.slice(0, start);
    const dot = key.indexOf(".", start);
    if (dot === -1) return null;
    start = dot + 1;
  }
  return null;
}

/** The prefixes of those that are asked for which a file has; it must have one of them. */
function readAsked(asked: string, known: readonly string[], source: string): string[] {
  const texts = asked.split(",").map((each) => each.trim());
  const found = known.filter((prefix) =>
    texts.some((text) =>
      prefix === "" ? text === noPrefix : prefix === text || prefix === `${text}.`,
    ),
  );
  if (found.length > 0) return found;
  throw new InputError(`${source} has no keys with the prefix ${texts.map(toldKey).join(", ")}`, {
    remedy: `give --weights-prefix ${listed(known)}`,
  });
}

function severalCopies(parts: Parts, source: string): InputError {
  const told = [...parts].map(
    ([prefix, { size }]) => `${size} ${prefix === "" ? "without a prefix" : toldKey(prefix)}`,
  );
  return new InputError(
    `${source} holds several copies of a network's weights, by the prefixes of their keys: ${told.slice(0, 5).join(", ")}`,
    { remedy: `choose one with --weights-prefix ${listed([...parts.keys()])}` },
  );
}

function listed(prefixes: readonly string[]): string {
  const told = prefixes.map((prefix) => (prefix === "" ? noPrefix : toldKey(prefix)));
  return told.length === 0 ? "of a key in it" : told.slice(0, 5).join(" or --weights-prefix ");
}
