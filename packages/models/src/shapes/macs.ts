import { type Dims, type Node, numberOf } from "../graph/model.ts";
import type { Site } from "./access.ts";
import { productOf } from "./dims.ts";

/**
 * The multiply-accumulates of a node: those of convolutions, matrix products and recurrent layers,
 * and 0 for every other operator. It is null where a length is not known.
 */
export function macsOf(site: Site, output: Dims | null): number | null {
  const rule = rules.get(site.node.op);
  return rule === undefined ? 0 : rule(site, output);
}

type MacRule = (site: Site, output: Dims | null) => number | null;

/** Every element of the output takes one product for each weight of its channel. */
function convolution(place: number): MacRule {
  return (site, output) => {
    const weights = site.dims(place);
    return weights === null || output === null ? null : productOf([...output, ...weights.slice(1)]);
  };
}

function matmul(secondAt: number): MacRule {
  return (site, output) => {
    const inner = site.dims(secondAt)?.at(-2) ?? site.dims(secondAt)?.[0] ?? null;
    return output === null ? null : productOf([...output, inner]);
  };
}

const gemm: MacRule = (site, output) => {
  const weights = site.dims(1);
  const inner = weights?.[numberOf(site.node, "transB", 0) === 1 ? 1 : 0] ?? null;
  return output === null ? null : productOf([...output, inner]);
};

/** The gates of each kind of recurrent layer. */
function recurrent(gates: number): MacRule {
  return (site) => {
    const [sequence, weights, hidden] = [site.dims(0), site.dims(1), site.dims(2)];
    if (sequence === null || weights?.length !== 3 || hidden?.length !== 3) return null;
    const [length, batch, inputs] = sequence;
    const perStep = productOf([weights[0]!, hidden[2]!, gates]);
    const steps = productOf([length ?? null, batch ?? null]);
    const width = productOf([inputs ?? null]);
    const own = productOf([hidden[2]!]);
    if (perStep === null || steps === null || width === null || own === null) return null;
    return perStep * steps * (width + own);
  };
}

/** The rules by operator; a file may name an operator as every object names a property. */
const rules: ReadonlyMap<string, MacRule> = new Map(
  Object.entries<MacRule>({
    Conv: convolution(1),
    FusedConv: convolution(1),
    ConvInteger: convolution(1),
    QLinearConv: convolution(3),
    ConvTranspose: (site) => {
      const [map, weights] = [site.dims(0), site.dims(1)];
      return map === null || weights === null ? null : productOf([...map, ...weights.slice(1)]);
    },
    Gemm: gemm,
    FusedGemm: gemm,
    MatMul: matmul(1),
    FusedMatMul: matmul(1),
    MatMulInteger: matmul(1),
    QLinearMatMul: matmul(3),
    LSTM: recurrent(4),
    GRU: recurrent(3),
    RNN: recurrent(1),
  }),
);

/** Whether an operator multiplies by weights, and where among its inputs they are. */
export function weightsAt({ op }: Node): number | null {
  if (!rules.has(op)) return null;
  return op === "QLinearConv" || op === "QLinearMatMul" ? 3 : 1;
}
