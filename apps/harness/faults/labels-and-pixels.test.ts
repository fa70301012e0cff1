import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { solidColours, writeSolidColours } from "@sebench/datasets/testing";
import { readEvaluation } from "@sebench/results";
import { colourNetwork, nearestColourFile } from "@sebench/weights/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { bench, type Ended } from "../src/testing/bench.ts";

/** The normalisation of the preprocessings that these tests take: ImageNet's. */
const normalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };

let root: string;
let weights: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "colours-"));
  weights = join(root, "colours.safetensors");
  const colours = solidColours.map(({ rgb }) => rgb);
  await writeFile(weights, nearestColourFile(colours, normalisation));
});
afterAll(() => rm(root, { recursive: true }));

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(root, "data-"));
});
afterEach(() => rm(data, { recursive: true }));

/** Folders whose names timm sorts in the order of the colours, and torchvision does not. */
const writeFolders = () =>
  writeSolidColours(
    data,
    solidColours.map((_, label) => `class${label + 1}/colour.png`),
  );

/** Asks a runtime for the colours of the images. */
function evaluate(...flags: string[]): Promise<Ended> {
  const runtime = ["--runtime", "onnxruntime-node/cpu", "--oracle", "0"];
  const network = ["--network", colourNetwork, "--weights", weights];
  const where = ["--data", data, "--out", join(root, "out")];
  return bench("eval", ...network, ...runtime, ...where, ...flags);
}

/** The images that the runtime has right, and the record of the listing. */
async function result() {
  const { answers, labels, dataset } = await readEvaluation(join(root, "out"));
  const [answer] = answers;
  if (answer?.status !== "ok") throw new Error("there is no answer");
  const right = answer.se.top.filter((top, image) => top === labels[image]).length;
  return { right, images: labels.length, listing: dataset.listing };
}

test("an order of classes that is open ends the command before anything runs", async () => {
  await writeFolders();
  const { code, stderr } = await evaluate("--preprocessing", "inception");
  expect(code).toBe(2);
  expect(stderr).toContain('timm puts "class2" before "class10", torchvision after it');
  expect(stderr).toContain("Give --class-order timm or --class-order torchvision");
  expect(stderr.trim().split("\n")).toHaveLength(2);
});

test("timm's order is said, and FIFOs and devices are left out, named, and not waited for", async () => {
  await writeFolders();
  execFileSync("mkfifo", [join(data, "class3/pipe.png")]);
  await symlink("/dev/zero", join(data, "class4/endless.png"));
  const { code, stderr, stdout } = await evaluate("--preprocessing", "timm");
  expect(code).toBe(0);
  const { right, images, listing } = await result();
  expect([right, images]).toEqual([10, 10]);
  expect(listing?.order).toEqual({
    taken: "timm",
    by: "--preprocessing",
    apart: ["class2", "class10"],
  });
  expect(listing?.leftOut.map(({ what }) => what)).toEqual(["FIFO", "device"]);
  for (const text of [stderr, stdout].map((each) => each.replaceAll(/\s+/g, " "))) {
    expect(text).toContain("numbered in timm's order");
    expect(text).toContain(
      "2 files are LEFT OUT: 1 FIFO (in class3, the first is class3/pipe.png)",
    );
  }
}, 60_000);

test("numbers that classes.txt lists are names, in a list such as Caffe's", async () => {
  const names = solidColours.map((_, label) => String((label + 3) % 10));
  await writeSolidColours(
    data,
    names.map((name) => `${name}.png`),
  );
  await writeFile(join(data, "classes.txt"), names.join("\n"));
  await writeFile(join(data, "val.txt"), names.map((name) => `${name}.png ${name}\n`).join(""));
  const labels = ["--labels", join(data, "val.txt")];
  const { code } = await evaluate(...labels, "--preprocessing", "torchvision");
  expect(code).toBe(0);
  expect((await result()).right).toBe(10);
}, 60_000);
