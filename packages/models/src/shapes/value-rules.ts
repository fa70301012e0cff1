import { type Dim, numberOf, numbersOf } from "../graph/model.ts";
import { shapeSlice, type Site, type ValueRule } from "./access.ts";
import { axisOf, type Numbers, productOf } from "./dims.ts";
import { sliceOf } from "./form-rules.ts";

/** The most values of a tensor that are followed; the shapes of tensors have a few. */
const mostValues = 1024;

const asIs: ValueRule = (site) => site.numbers(0);

/** Applies a function to each pair of numbers; a free length stays free, but for what changes nothing. */
function pairwise(
  apply: (one: number, other: number) => number,
  neutral: number | null,
): ValueRule {
  return (site) => {
    const [one, other] = [site.numbers(0), site.numbers(1)];
    if (one === null || other === null) return null;
    const count = Math.max(one.length, other.length);
    if (![1, count].includes(one.length) || ![1, count].includes(other.length)) return null;
    return Array.from({ length: count }, (_, index) => {
      const [a, b] = [one[one.length === 1 ? 0 : index]!, other[other.length === 1 ? 0 : index]!];
      if (typeof a === "number" && typeof b === "number") return finite(apply(a, b));
      return b === neutral ? a : null;
    });
  };
}

const finite = (value: number): Dim => (Number.isFinite(value) ? value : null);

function onEach(apply: (value: number) => number): ValueRule {
  return (site) =>
    site.numbers(0)?.map((value) => (typeof value === "number" ? finite(apply(value)) : null)) ??
    null;
}

const concat: ValueRule = (site) => {
  const parts = site.node.inputs.map((_, input) => site.numbers(input));
  return parts.every((part) => part !== null) ? parts.flat() : null;
};

const gather: ValueRule = (site) => {
  const [values, indices] = [site.numbers(0), site.numbers(1)];
  if (values === null || indices === null || (site.dims(0)?.length ?? 1) > 1) return null;
  return indices.map((index) =>
    typeof index === "number" ? (values[axisOf(index, values.length)] ?? null) : null,
  );
};

/** Slices along the first axis, by whole rows of what has more axes. */
const slice: ValueRule = (site) => {
  const values = site.numbers(0);
  const [starts, ends] = [site.given("starts", 1), site.given("ends", 2)];
  const step = site.node.inputs[4] ? (site.given("steps", 4)?.[0] ?? null) : 1;
  const axis = site.given("axes", 3)?.[0] ?? 0;
  const rows = site.dims(0)?.[0];
  if (values === null || starts?.length !== 1 || ends?.length !== 1 || axis !== 0) return null;
  // A shape that the file tells may be another than that of the values.
  if (typeof rows !== "number" || rows < 1 || rows > values.length || !step) return null;
  const width = values.length / rows;
  return indicesOf(rows, starts[0]!, ends[0]!, step).flatMap((row) =>
    values.slice(row * width, (row + 1) * width),
  );
};

function indicesOf(rows: number, start: number, end: number, step: number): number[] {
  const { from, count } = sliceOf(rows, start, end, step);
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/** Transposes a matrix, as PyTorch's exporter does to turn its pads around. */
const transpose: ValueRule = (site) => {
  const [values, shape] = [site.numbers(0), site.dims(0)];
  if (values === null || shape?.length !== 2) return null;
  const [rows, columns] = shape;
  if (typeof rows !== "number" || typeof columns !== "number") return null;
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
};

const range: ValueRule = (site) => {
  const [start, end, step] = [0, 1, 2].map((input) => site.numbers(input)?.[0]);
  const isKnown = [start, end, step].every((value) => typeof value === "number") && step !== 0;
  if (!isKnown) return null;
  const count = Math.max(0, Math.ceil(((end as number) - (start as number)) / (step as number)));
  if (count > mostValues) return null;
  return Array.from({ length: count }, (_, index) => (start as number) + index * (step as number));
};

const filled: ValueRule = (site) => {
  const shape = site.numbers(0);
  const count = shape === null ? null : productOf(shape);
  if (count === null || count > mostValues) return null;
  const value = site.node.attributes.get("value");
  const each = value?.kind === "constant" ? (value.constant.values?.[0] ?? null) : 0;
  return Array.from({ length: count }, () => each);
};

const product: ValueRule = (site) => {
  const values = site.numbers(0);
  return values === null || (site.dims(0)?.length ?? 1) > 1 ? null : [productOf(values)];
};

const where: ValueRule = (site) => {
  const [asked, yes, no] = [site.numbers(0), site.numbers(1), site.numbers(2)];
  if (asked === null || yes === null || no === null) return null;
  const count = Math.max(asked.length, yes.length, no.length);
  const at = (values: Numbers, index: number) => values[values.length === 1 ? 0 : index] ?? null;
  return Array.from({ length: count }, (_, index) => {
    const answer = at(asked, index);
    return answer === null ? null : at(answer === 0 ? no : yes, index);
  });
};

const shape: ValueRule = (site: Site) => {
  const map = site.dims(0);
  return map === null ? null : shapeSlice(site, map);
};

/** A Constant node whose value is not a tensor. */
const constant: ValueRule = ({ node }) => {
  const list = numbersOf(node, "value_ints") ?? numbersOf(node, "value_floats");
  if (list !== null) return list.length > mostValues ? null : list;
  const name = node.attributes.has("value_int") ? "value_int" : "value_float";
  return node.attributes.has(name) ? [numberOf(node, name, 0)] : null;
};

/** The operators through which the values of shapes are followed. */
export const valueRules: ReadonlyMap<string, ValueRule> = new Map<string, ValueRule>([
  ["Shape", shape],
  ["Size", (site) => (site.dims(0) === null ? null : [productOf(site.dims(0)!)])],
  ["Constant", constant],
  ["Identity", asIs],
  ["Cast", asIs],
  ["Squeeze", asIs],
  ["Unsqueeze", asIs],
  ["Reshape", asIs],
  ["Flatten", asIs],
  ["Add", pairwise((a, b) => a + b, 0)],
  ["Sub", pairwise((a, b) => a - b, 0)],
  ["Mul", pairwise((a, b) => a * b, 1)],
  [
    "Div",
    pairwise((a, b) => (Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b), 1),
  ],
  ["Mod", pairwise((a, b) => ((a % b) + b) % b, null)],
  ["Max", pairwise(Math.max, null)],
  ["Min", pairwise(Math.min, null)],
  ["Equal", pairwise((a, b) => Number(a === b), null)],
  ["Greater", pairwise((a, b) => Number(a > b), null)],
  ["Less", pairwise((a, b) => Number(a < b), null)],
  ["Neg", onEach((value) => -value)],
  ["Floor", onEach(Math.floor)],
  ["Ceil", onEach(Math.ceil)],
  ["Concat", concat],
  ["Gather", gather],
  ["Slice", slice],
  ["Transpose", transpose],
  ["Range", range],
  ["ConstantOfShape", filled],
  ["ReduceProd", product],
  ["Where", where],
]);
