import { beforeEach, expect, it } from "vitest";
import { tfjsNodeBinding } from "./binding.ts";
import { findAddon } from "./find-addon.ts";
import { tfjsNodeCpu } from "./runtime.ts";

beforeEach(async ({ skip }) => {
  if (await findAddon("cpu")) return;
  skip("tfjs-node's addon has not been fetched: pnpm bench doctor --fix");
});

const bindingWith = (threads: number | null) => tfjsNodeBinding(tfjsNodeCpu, "cpu", { threads });

function judge(threads: number | null, backend = "tensorflow") {
  const binding = bindingWith(threads);
  return binding.judge({ backend, kernels: {}, forms: binding.forms, precision: "fp32" });
}

// A process keeps the threads that it started with, so the first test decides on one thread.
it("proves threads where TensorFlow computes with as many as were asked for", async () => {
  expect(await judge(1)).toMatchObject({ proven: true, reason: null, threads: 1 });
});

it("proves nothing where one thread computes and two were asked for", async () => {
  expect(await judge(2)).toMatchObject({
    proven: false,
    reason: "2 threads were asked for, and TensorFlow computes with 1",
    threads: 1,
  });
});

it("proves nothing of another backend", async () => {
  expect(await judge(1, "cpu")).toMatchObject({
    proven: false,
    reason: "tfjs computed with its backend cpu",
  });
});

it("leaves no tensor behind", async () => {
  const tf = await bindingWith(1).start();
  const before = tf.memory().numTensors;
  await judge(1);
  expect(tf.memory().numTensors).toBe(before);
});
