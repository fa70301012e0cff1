import { awkwardTexts, type Choice, edgeNumbers } from "./choice.ts";
import { mutateJson } from "./json.ts";

/** Changes a text of lines, whose cells are parted by commas, blanks or other marks. */
export function mutateLines(text: string, choice: Choice): string {
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
export function mutateJsonLines(text: string, choice: Choice): string {
  if (choice.chance(0.3)) return mutateLines(text, choice);
  const lines = text.split("\n");
  const at = choice.below(lines.length);
  return lines.with(at, mutateJson(lines[at]!, choice)).join("\n");
}

function withCell(line: string, choice: Choice, cell: string): string {
  const parts = line.split(/([,;:=|/{}\s]+)/);
  return parts.with(choice.below(parts.length), cell).join("");
}
