import { lower } from "@sebench/lowering";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { expect, it } from "vitest";
import { formsOf } from "../model/forms.ts";
import { encodeModel } from "../model/model.ts";
import { openBackend, testBackends } from "../testing/backend.ts";
import { Program } from "./session.ts";

const network = buildNetwork("se-resnet8", { imageSize: 8 });
const lowered = lower(network, seededWeights(network, 1), "gemm");

it.each(testBackends)(
  "has tfjs on %s run the calls of its model, in order, so that each kernel's node is known",
  async (backend) => {
    const tf = await openBackend(backend);
    const model = encodeModel(
      lowered,
      { batch: 1, precision: "fp32" },
      formsOf[`tfjs-web/${backend}`],
    );
    const program = new Program(tf, model);
    const { kernels } = await tf.profile(() => tf.tidy(() => program.run(tf.zeros([1, 8, 8, 3]))));
    expect(kernels.map(({ name }) => name)).toEqual(model.calls.map(({ kernel }) => kernel));
    program.dispose();
  },
);

it("names the node of every call, and squeezes, excites and scales where the network does", () => {
  const { calls } = encodeModel(lowered, { batch: 1, precision: "fp32" }, formsOf["tfjs-web/wasm"]);
  const ofBlock = calls.filter(({ node }) => node.startsWith("stage2/block0/"));
  expect(ofBlock.map(({ node, kernel }) => `${node} ${kernel}`)).toEqual([
    "stage2/block0/trunk/conv1 FusedConv2D",
    "stage2/block0/trunk/conv2 FusedConv2D",
    "stage2/block0/squeeze/pool AvgPool",
    "stage2/block0/excite/fc1 FusedConv2D",
    "stage2/block0/excite/fc2 FusedConv2D",
    "stage2/block0/scale/mul Multiply",
    "stage2/block0/trunk/add Add",
    "stage2/block0/trunk/relu Relu",
  ]);
});
