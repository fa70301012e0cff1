import { lower } from "@sebench/lowering";
import { testImages } from "@sebench/reference/testing";
import type { Profile, ProfiledSession } from "@sebench/runtime";
import { buildNetwork, inputShape } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { tfjsEngine } from "../engine.ts";
import { openBackend, testBackends } from "../testing/backend.ts";
import { testBinding } from "../testing/binding.ts";

const options = { batch: 1, precision: "fp32" } as const;
const network = buildNetwork("se-resnet8", { imageSize: 8 });
const images = testImages(1, inputShape(network));
const lowered = lower(network, seededWeights(network, 1), "gemm");

async function profileOn(
  backend: (typeof testBackends)[number],
  use: (session: ProfiledSession) => Promise<void>,
): Promise<Profile> {
  const engine = tfjsEngine(testBinding(backend));
  const model = await engine.encode(lowered, options);
  const session = await engine.prepareProfiled!(model, options);
  try {
    await use(session);
    return await session.endProfile();
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

describe.each(testBackends)("a session that keeps a profile, on %s", (backend) => {
  it("times as many kernels as tf.profile counts, by the nodes that they are of", async () => {
    const tf = await openBackend(backend);
    let counted: string[] = [];
    const profile = await profileOn(backend, async (session) => {
      const staged = await session.stage(images);
      const { kernels } = await tf.profile(async () => {
        await session.run(staged);
        return [];
      });
      counted = kernels.map(({ name }) => name);
      await session.run(staged);
    });
    if (!profile.ok) throw new Error(profile.reason);
    expect(profile.clock).toBe("host");
    expect(profile.kernels.map(({ op }) => op)).toEqual(counted);
    const scaling = profile.kernels.filter(({ op }) => op === "Multiply");
    expect(scaling.map(({ node }) => node)).toEqual([
      "stage2/block0/scale/mul",
      "stage3/block0/scale/mul",
      "stage4/block0/scale/mul",
    ]);
    for (const { ms } of profile.kernels) expect(ms).toHaveLength(2);
  });

  it("gives the same logits as one that keeps none", async () => {
    const engine = tfjsEngine(testBinding(backend));
    await using bare = await engine.prepare(await engine.encode(lowered, options), options);
    const expected = await bare.run(await bare.stage(images));
    await profileOn(backend, async (session) => {
      expect(await session.run(await session.stage(images))).toEqual(expected);
    });
  });
});
