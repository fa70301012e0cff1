import type { GraphView } from "../graph/graph-view.ts";
import { type Node, numberOf } from "../graph/model.ts";
import type { KnownTensors } from "../shapes/access.ts";

/** A hard-swish or a hard-sigmoid in several operators. */
export interface HardForm {
  readonly kind: "hard-swish" | "hard-sigmoid";
  /** The value that the activation is of. */
  readonly x: string;
  /** The first and the last of its nodes. */
  readonly first: Node;
  readonly last: Node;
}

/**
 * The activation whose first node a node is: `x * clip(x + 3, 0, 6) / 6` in any order, or
 * `clip(x + 3, 0, 6) / 6`, each with a ReLU before the clip or without; null for another node.
 */
export function hardFormFrom(first: Node, view: GraphView, known: KnownTensors): HardForm | null {
  const is = (name: string | undefined, value: number) => isNumber(known, name, value);
  if (first.op !== "Add" || first.domain !== "") return null;
  const [one, other] = first.inputs as [string, string];
  const x = is(other, 3) ? one : is(one, 3) ? other : null;
  const second = x === null ? null : onlyReader(first, view);
  const clip = second?.op === "Relu" ? onlyReader(second, view) : second;
  if (x === null || clip === null || !isClip(clip, known)) return null;
  const isSixth = ({ op, inputs }: Node) =>
    (op === "Div" && is(inputs[1], 6)) ||
    (op === "Mul" && inputs.some((input) => is(input, 1 / 6)));
  const isTimesX = ({ op, inputs }: Node) => op === "Mul" && inputs.includes(x);
  const third = onlyReader(clip, view);
  if (third === null) return null;
  const fourth = onlyReader(third, view);
  const isWhole =
    fourth !== null &&
    ((isTimesX(third) && isSixth(fourth)) || (isSixth(third) && isTimesX(fourth)));
  if (isWhole) return { kind: "hard-swish", x, first, last: fourth };
  return isSixth(third) ? { kind: "hard-sigmoid", x, first, last: third } : null;
}

/** Whether a node is a Clip from 0 to 6; its limits are attributes or inputs. */
function isClip(node: Node, known: KnownTensors): boolean {
  if (node.op !== "Clip") return false;
  const limit = (input: number, name: string) => {
    const given = node.inputs[input];
    return given ? (known.numbersOf(given)?.[0] ?? NaN) : numberOf(node, name, NaN);
  };
  return limit(1, "min") === 0 && limit(2, "max") === 6;
}

/** Whether an operand is one number, to within what float32 tells apart of it. */
function isNumber(known: KnownTensors, name: string | undefined, expected: number): boolean {
  const values = known.numbersOf(name);
  const [value] = values ?? [];
  const isOne = values?.length === 1 && (known.dimsOf(name)?.length ?? 2) < 2;
  return isOne && typeof value === "number" && Math.abs(value - expected) < 1e-6;
}

/** The node that alone reads what a node gives, or null. */
export function onlyReader({ outputs }: Node, view: GraphView): Node | null {
  const readers = view.readersOf(outputs[0] ?? "");
  const [reader] = readers;
  return readers.length === 1 && typeof reader === "object" ? reader : null;
}
