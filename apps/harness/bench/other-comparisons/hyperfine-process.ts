/**
 * The process that hyperfine times from its start to its end: it opens a session and runs it. Its
 * arguments are the subject's file, the slowdown, and the number of runs.
 */
import { readFile } from "node:fs/promises";
import { deserialize } from "node:v8";
import { onnxruntimeNodeCpu } from "@sebench/runtime-onnxruntime-node";
import type { EngineSubject } from "../engine-subject.ts";
import { openSlowedRuns } from "./open-slowed-runs.ts";

const [file, slowdown, runs] = process.argv.slice(2);
const stored = deserialize(await readFile(file!)) as Omit<EngineSubject, "engine">;
const engine = await onnxruntimeNodeCpu.load({ threads: null });
const { run, [Symbol.asyncDispose]: close } = await openSlowedRuns(
  { engine, ...stored },
  Number(slowdown),
);
for (let index = 0; index < Number(runs); index++) await run();
await close();
await engine[Symbol.asyncDispose]();
