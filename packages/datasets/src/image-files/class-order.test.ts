import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listClassFolders } from "./class-folders.ts";
import { orderNames, saidOrder } from "./class-order.ts";
import { listFiles } from "./image-listing.ts";

interface Listed {
  readonly classes: readonly string[];
  readonly samples: readonly (readonly [string, number])[];
}

/** What torchvision 0.29.2 and timm 1.0.31 made of files; null where timm goes by chance. */
const golden = JSON.parse(
  await readFile(new URL("../../golden/class-order.json", import.meta.url), "utf8"),
) as Record<string, { files: string[]; torchvision: Listed; timm: Listed | null }>;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "order-"));
});
afterAll(() => rm(root, { recursive: true }));

describe.each(Object.entries(golden))("%s", (name, { files, torchvision, timm }) => {
  test("classes have torchvision's numbers, and timm's", () => {
    const order = (library: "torchvision" | "timm", names: readonly string[]) =>
      orderNames(names, saidOrder(library, null), "the classes", "photos").names;
    expect(order("torchvision", torchvision.classes.toReversed())).toEqual(torchvision.classes);
    if (timm !== null) expect(order("timm", timm.classes.toReversed())).toEqual(timm.classes);
    else expect(() => order("timm", torchvision.classes)).toThrow("timm numbers by chance");
  });

  test("files are found, and have the classes that torchvision and timm give them", async () => {
    const folder = join(root, name);
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), "");
    }
    const listed = await Promise.all(torchvision.classes.map((each) => listFiles(folder, each)));
    const images = listed.flatMap((each) => each.images);
    // PIL reads two more kinds of files than torchvision looks for.
    expect(images.filter((file) => !/\.(?:gif|jfif)$/.test(file))).toEqual(
      torchvision.samples.map(([file]) => file),
    );
    for (const [library, expected] of [
      ["torchvision", torchvision],
      ["timm", timm],
    ] as const) {
      if (expected === null) continue;
      const ours = await listClassFolders(folder, saidOrder(library, null));
      const labels = new Map(ours.files.map((file, index) => [file, ours.labels[index]]));
      for (const [file, label] of expected.samples)
        expect([file, labels.get(file)]).toEqual([file, label]);
    }
  });
});

test("a preprocessing names the library whose order is meant, or leaves it open", () => {
  expect(saidOrder(undefined, "timm-0.95")).toEqual({ taken: "timm", by: "--preprocessing" });
  expect(saidOrder(undefined, "torchvision")).toMatchObject({ taken: "torchvision" });
  for (const other of [null, "inception", "timmy"]) expect(saidOrder(undefined, other)).toBeNull();
  expect(saidOrder("torchvision", "timm")).toMatchObject({ taken: "torchvision" });
});
