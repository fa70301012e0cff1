import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { kernelProfile, summariseProfile } from "./profile.ts";

type Json = Record<string | number, unknown>;
type Path = readonly (string | number)[];

const odd = [undefined, null, true, 5, -1, "", "x", [], [null], {}, { x: null }, "__proto__"];

/** The places of all values within a value, and of the value itself. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => placesOf((value as Json)[key], [...path, key]))];
}

function mutated(events: unknown, path: Path, value: unknown): string {
  if (path.length === 0) return JSON.stringify(value) ?? "";
  const copy = structuredClone(events);
  const holder = path.slice(0, -1).reduce((each, key) => (each as Json)[key], copy);
  (holder as Json)[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

/** What goes wrong in a task, other than a clear error about the profile. */
function faultOf(task: () => unknown): string | null {
  try {
    task();
    return null;
  } catch (error) {
    const { message } = error as Error;
    const clear = message.startsWith("onnxruntime's profile is not") && message.length < 300;
    return clear ? null : String(error);
  }
}

test.each(["onnxruntime-node-cpu", "onnxruntime-web-webgpu"])(
  "%s: a profile with any value in the place of any other is read, or is a clear error",
  async (name) => {
    const file = new URL(`../testdata/${name}.json`, import.meta.url);
    const all = JSON.parse(await readFile(file, "utf8")) as { cat: string; name: string }[];
    // An event of each kind, a few kernels, and the end of a run.
    const kinds = ["Session", "Node", "Api"].flatMap((cat) =>
      all.filter((event) => event.cat === cat && event.name !== "model_run").slice(0, 2),
    );
    const events = [...kinds, all.find((event) => event.name === "model_run")];
    const faults = placesOf(events).flatMap((path) =>
      odd.flatMap((value) => {
        const text = mutated(events, path, value);
        const own = [
          faultOf(() => summariseProfile(text)),
          faultOf(() => kernelProfile(text, [1])),
        ];
        return own.flatMap((fault) => fault ?? []);
      }),
    );
    expect([...new Set(faults)]).toEqual([]);
    expect(placesOf(events).length).toBeGreaterThan(50);
  },
);

test("the error names the event, the field and what stands there", () => {
  const text = '[{"cat":"Node","name":"a_kernel_time","ts":1,"dur":1,"args":{"provider":7}}]';
  expect(() => summariseProfile(text)).toThrow("event 0 has the args.provider 7");
  expect(() => summariseProfile('[{"cat":"Node"}]')).toThrow("event 0 has no name");
});

test("operators are counted by whatever they are called", () => {
  const event = (op_name: string) => ({
    cat: "Node",
    name: "a_kernel_time",
    ts: 1,
    dur: 1,
    args: { op_name, node_index: op_name },
  });
  const text = JSON.stringify([event("constructor"), event("toString")]);
  expect(summariseProfile(text).operators).toEqual({ constructor: 1, toString: 1 });
});
