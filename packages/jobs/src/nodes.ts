import type { LoweredNetwork } from "@sebench/lowering";
import { inputsOfRuns, type RunInputs } from "@sebench/measure";
import type { Engine, RunInput, SessionOptions } from "@sebench/runtime";
import { parametersOf, prefixOf } from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";

/** A request for the values of nodes: plain data. */
export interface NodesRequest extends SessionOptions {
  /** The names of the nodes, as they are once batch norms are folded. */
  readonly names: readonly string[];
  /** The image that the values are of, counted from 0. Its whole batch is run. */
  readonly image: number;
}

/** A lowered network with its batch norms folded, as engines are given it. */
export function foldedForm(lowered: LoweredNetwork): LoweredNetwork {
  return { ...lowered, ...foldBatchNorm(lowered.network, lowered.weights) };
}

/**
 * The values that an engine gives for nodes of a network, row-major `[C, H, W]` or `[length]`, for
 * one image. Each node is the output of a session of its own, of the network up to the node.
 *
 * @param inputs The images `[n, channels, height, width]`, with n a multiple of the batch, or the
 *   inputs of a model's file for each run.
 * @throws InputError for a node that the network has not, and whatever the engine throws
 */
export async function nodeValues(
  engine: Engine,
  lowered: LoweredNetwork,
  inputs: RunInputs,
  { names, image, ...options }: NodesRequest,
): Promise<Float32Array[]> {
  const { batch } = options;
  const run = inputsOfRuns(inputs, batch)[Math.floor(image / batch)]!;
  const folded = foldedForm(lowered);
  const values: Float32Array[] = [];
  for (const name of names) {
    const all = await runOnce(engine, cutBehind(folded, name), run, options);
    const length = all.length / batch;
    values.push(all.slice((image % batch) * length, ((image % batch) + 1) * length));
  }
  return values;
}

function cutBehind(folded: LoweredNetwork, name: string): LoweredNetwork {
  const network = prefixOf(folded.network, name);
  const weights = new Map(
    parametersOf(network).map(({ name: parameter }) => {
      return [parameter, folded.weights.get(parameter)!] as const;
    }),
  );
  return { ...folded, network, weights };
}

async function runOnce(
  engine: Engine,
  lowered: LoweredNetwork,
  input: RunInput,
  options: SessionOptions,
): Promise<Float32Array> {
  const session = await engine.prepare(await engine.encode(lowered, options), options);
  try {
    return await session.run(await session.stage(input));
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
