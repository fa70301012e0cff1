import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "./config-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const budgets = `[{ "network": "se-resnet50", "maxOverhead": 0.06 }]`;

test.each([
  ["budgets.json", `{ "budgets": ${budgets} }`],
  ["budgets.mjs", `export default { budgets: ${budgets} };`],
  ["budgets.ts", `const budgets: object[] = ${budgets};\nexport default { budgets };`],
])("budgets are read from %s", async (name, text) => {
  const config = await readConfig(await put(name, text));
  expect(config?.budgets).toEqual([{ network: "se-resnet50", maxOverhead: 0.06 }]);
});

test("names are read as records have them", async () => {
  const file = await put("a.json", `{ "budgets": [{ "network": "resnet50", "maxOverhead": 1 }] }`);
  expect((await readConfig(file))?.budgets[0]?.network).toBe("se-resnet50");
});

test("a file that is not there is refused", async () => {
  await expect(readConfig(join(folder, "none.json"))).rejects.toThrow(/there is no file .*none/);
});

test.each([
  ["{", /a\.json cannot be read: /],
  [
    `{ "budgets": [{ "network": "se-resnet51", "maxOverhead": 1 }] }`,
    /a\.json: budgets\[0\]: .*se-resnet51/,
  ],
  [
    `{ "budgets": [{ "network": "se-resnet50", "runtime": "tensorrt", "maxOverhead": 1 }] }`,
    /a\.json: budgets\[0\]: there is no runtime tensorrt/,
  ],
])("%s is refused, and the error names the place", async (text, message) => {
  await expect(readConfig(await put("a.json", text))).rejects.toThrow(message);
});
