import { damageBytes, mutateBytes } from "./bytes.ts";
import { awkwardTexts, type Choice, edgeNumbers, seededChoice } from "./choice.ts";
import { mutateJson } from "./json.ts";

/** The form of an input, which says how it is changed: `image` is for native decoders, which get flips and cuts alone. */
type Form = "json" | "jsonLines" | "lines" | "bytes" | "image";

/** A valid input, from which others are made. */
export interface Seed {
  readonly form: Form;
  readonly content: string | Uint8Array;
  /** Makes the input of the content that was changed: a file around its header, or its compressed bytes. */
  readonly wrap?: (content: Uint8Array) => Uint8Array;
}

/** The share of the inputs that are changed in their structure first and not in their bytes alone. */
const structured = 0.75;

/** Makes an input out of a seed: the same one each time for the same number. */
export function mutate({ form, content, wrap }: Seed, number: number): Uint8Array {
  const choice = seededChoice(number);
  let bytes = bytesOf(content);
  const inStructure = choice.chance(structured);
  if (inStructure) bytes = inForm(form, bytes, choice);
  if (!inStructure || form === "bytes" || choice.chance(0.1)) {
    const change = form === "image" ? damageBytes : mutateBytes;
    for (let left = 1 + choice.below(4); left > 0; left--) bytes = change(bytes, choice);
  }
  return wrap === undefined ? bytes : wrap(bytes);
}

/** The input that a seed is, unchanged. */
export function unchanged({ content, wrap }: Seed): Uint8Array {
  return wrap === undefined ? bytesOf(content) : wrap(bytesOf(content));
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function inForm(form: Form, bytes: Uint8Array, choice: Choice): Uint8Array {
  const inText = (change: (text: string, by: Choice) => string) =>
    new TextEncoder().encode(change(new TextDecoder().decode(bytes), choice));
  switch (form) {
    case "json":
      return inText(mutateJson);
    case "jsonLines":
      return inText(mutateJsonLines);
    case "lines":
      return inText(mutateLines);
    case "image":
      return damageBytes(bytes, choice);
    case "bytes":
      return bytes;
  }
}

/** Changes a text of lines, whose cells are parted by commas, blanks or other marks. */
function mutateLines(text: string, choice: Choice): string {
  const lines = text.split("\n");
  const at = choice.below(lines.length);
  const line = lines[at]!;
  const changes = [
    () => lines.splice(at, 1),
    () => lines.splice(at, 0, line),
    () => lines.splice(at, 1, line.slice(0, choice.below(line.length))),
    () => lines.splice(at, 1, withCell(line, choice, choice.of(edgeNumbers))),
    () => lines.splice(at, 1, withCell(line, choice, choice.of(awkwardTexts))),
    () => lines.splice(at, 1, withCell(line, choice, "")),
    () => lines.splice(at, 0, choice.of(awkwardTexts)),
    () =>
      lines.splice(
        at,
        1,
        `${line}${choice.of([",", " ", "\r", "\t", '"', "{", "}", "=", "/", "|", ":"])}`,
      ),
    () => lines.splice(0, lines.length, ...lines.toReversed()),
  ];
  choice.of(changes)();
  return lines.join(choice.chance(0.05) ? "\r\n" : "\n");
}

/** Changes one line of a text of JSON lines, or the lines. */
function mutateJsonLines(text: string, choice: Choice): string {
  if (choice.chance(0.3)) return mutateLines(text, choice);
  const lines = text.split("\n");
  const at = choice.below(lines.length);
  return lines.with(at, mutateJson(lines[at]!, choice)).join("\n");
}

function withCell(line: string, choice: Choice, cell: string): string {
  const parts = line.split(/([,;:=|/{}\s]+)/);
  return parts.with(choice.below(parts.length), cell).join("");
}
