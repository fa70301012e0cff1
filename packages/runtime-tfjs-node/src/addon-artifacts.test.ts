import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { googleSource } from "./addon-artifacts.ts";

const require = createRequire(import.meta.url);
const urls = (...args: Parameters<typeof googleSource>) =>
  googleSource(...args).files.map(({ url }) => url);

it("is where the install script of the package that is installed looks", () => {
  const constants = require.resolve("@tensorflow/tfjs-node/scripts/deps-constants.js");
  const [, library] = /LIBTENSORFLOW_VERSION = '(.*)'/.exec(readFileSync(constants, "utf8"))!;
  const { version, binary } = require("@tensorflow/tfjs-node/package.json") as {
    version: string;
    binary: { host: string };
  };
  expect(urls("cpu", {})).toEqual([
    `https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-${library}.tar.gz`,
    `${binary.host}/napi-v8/${version}/CPU-linux-${version}.tar.gz`,
  ]);
});

it("is a mirror where the variables of that script name one", () => {
  const mirror = { TFJS_NODE_CDN_STORAGE: "https://mirror.example/" };
  expect(urls("gpu", mirror)).toEqual([
    "https://mirror.example/tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz",
    "https://mirror.example/tf-builds/pre-built-binary/napi-v8/4.22.0/GPU-linux-4.22.0.tar.gz",
  ]);
  const base = { TFJS_NODE_BASE_URI: "https://mirror.example/libtensorflow-" };
  expect(urls("gpu", base)[0]).toBe(
    "https://mirror.example/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz",
  );
});
