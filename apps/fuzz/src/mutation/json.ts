import { awkwardTexts, type Choice, edgeNumbers } from "./choice.ts";

/** A JSON text as a tree, which may have what no JavaScript value has: a key twice, `__proto__`, `-0`, `1e999`. */
type Tree =
  | { kind: "object"; entries: [key: string, value: Tree][] }
  | { kind: "array"; items: Tree[] }
  | { kind: "leaf"; json: string };

/** Changes a JSON text in one to three of its values. A text that is not JSON stays as it is. */
export function mutateJson(text: string, choice: Choice): string {
  let root: Tree;
  try {
    root = treeOf(JSON.parse(text));
  } catch {
    return text;
  }
  for (let left = 1 + choice.below(3); left > 0; left--) {
    const all = nodesOf(root);
    mutateNode(choice.of(all), choice, all);
  }
  return written(root);
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: "array", items: value.map(treeOf) };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, own]): [string, Tree] => [key, treeOf(own)]);
    return { kind: "object", entries };
  }
  return { kind: "leaf", json: JSON.stringify(value) };
}

function written(tree: Tree): string {
  switch (tree.kind) {
    case "leaf":
      return tree.json;
    case "array":
      return `[${tree.items.map(written).join(",")}]`;
    case "object":
      return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join(",")}}`;
  }
}

function nodesOf(root: Tree): Tree[] {
  const nodes: Tree[] = [];
  const visit = (node: Tree): void => {
    nodes.push(node);
    if (node.kind === "array") for (const item of node.items) visit(item);
    if (node.kind === "object") for (const [, value] of node.entries) visit(value);
  };
  visit(root);
  return nodes;
}

function mutateNode(node: Tree, choice: Choice, all: readonly Tree[]): void {
  if (node.kind === "leaf" || choice.chance(0.15)) {
    Object.assign(node, replacement(node, choice, all));
  } else if (node.kind === "array") {
    mutateArray(node, choice, all);
  } else {
    mutateObject(node, choice, all);
  }
}

function mutateArray(
  node: Extract<Tree, { kind: "array" }>,
  choice: Choice,
  all: readonly Tree[],
): void {
  const { items } = node;
  const at = choice.below(items.length);
  const changes = [
    () => items.splice(at, 1),
    () => items.splice(at, 0, ...items.slice(at, at + 1).map(copyOf)),
    () => items.splice(at, items.length),
    () => items.splice(at, 0, any(choice, all)),
    () => items.splice(0, items.length, ...items.toReversed()),
  ];
  choice.of(changes)();
}

function mutateObject(
  node: Extract<Tree, { kind: "object" }>,
  choice: Choice,
  all: readonly Tree[],
): void {
  const { entries } = node;
  const at = choice.below(entries.length);
  const changes = [
    () => entries.splice(at, 1),
    () =>
      entries.push(
        ...entries.slice(at, at + 1).map(([key]): [string, Tree] => [key, any(choice, all)]),
      ),
    () => entries.push([choice.of(awkwardTexts), any(choice, all)]),
    () => entries.push(["__proto__", treeOf({ polluted: true })]),
    () =>
      entries.splice(
        at,
        1,
        ...entries
          .slice(at, at + 1)
          .map(([, value]): [string, Tree] => [choice.of(awkwardTexts), value]),
      ),
    () => entries.splice(0, entries.length, ...entries.toReversed()),
  ];
  choice.of(changes)();
}

/** Another value: of the same type four times out of five, so that many inputs are accepted and reach what uses them. */
function replacement(node: Tree, choice: Choice, all: readonly Tree[]): Tree {
  if (node.kind !== "leaf" || choice.chance(0.2)) return any(choice, all);
  if (/^["]/.test(node.json)) return textLike(node.json, choice);
  if (/^[-\d]/.test(node.json)) return leaf(numberLike(node.json, choice));
  return leaf(choice.of(["null", "true", "false"]));
}

function textLike(json: string, choice: Choice): Tree {
  const text = JSON.parse(json) as string;
  const extended = choice.chance(0.5);
  const at = choice.below(text.length);
  const awkward = choice.of(awkwardTexts);
  return leaf(JSON.stringify(extended ? text.slice(0, at) + awkward + text.slice(at) : awkward));
}

function numberLike(json: string, choice: Choice): string {
  const near = [
    `${Number(json) + 1}`,
    `${-Number(json)}`,
    `${Number(json) * 10}`,
    `${Number(json) / 3}`,
  ];
  return choice.chance(0.6) ? choice.of(edgeNumbers) : choice.of(near);
}

function any(choice: Choice, all: readonly Tree[]): Tree {
  const kinds = [
    () => leaf(choice.of(["null", "true", "false", "[]", "{}", "[[]]", "[null]"])),
    () => leaf(choice.of(edgeNumbers)),
    () => leaf(JSON.stringify(choice.of(awkwardTexts))),
    () => copyOf(choice.of(all)),
    // Few inputs are this deep, since each of them takes long.
    () => (choice.chance(0.05) ? leaf(nested(choice)) : leaf("{}")),
  ];
  return choice.of(kinds)();
}

function nested(choice: Choice): string {
  const depth = choice.of([50, 1000, 20_000]);
  return choice.chance(0.5)
    ? "[".repeat(depth) + "]".repeat(depth)
    : '{"a":'.repeat(depth) + "0" + "}".repeat(depth);
}

function copyOf(tree: Tree): Tree {
  return structuredClone(tree);
}

function leaf(json: string): Tree {
  return { kind: "leaf", json };
}
