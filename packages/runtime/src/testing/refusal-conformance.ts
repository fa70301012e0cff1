import { InputError } from "@sebench/spec";
import { expect, it } from "vitest";
import type { Precision } from "../device.ts";
import { imageAt, images, makeFixture } from "./fixture.ts";
import type { SharedSessions, TestedEngine } from "./open-session.ts";

/** Tests what an engine must refuse. */
export function describeRefusals(tested: () => TestedEngine, shared: SharedSessions["of"]): void {
  it("refuses a batch of another size than the session's", async () => {
    const session = await shared("se-resnet20");
    await expect(session.stage(images)).rejects.toThrow(InputError);
  });

  it("refuses images that lie on their side", async () => {
    const session = await shared("se-resnet20");
    const turned = { shape: [1, 28, 28, 3], data: imageAt(0).data };
    await expect(session.stage(turned)).rejects.toThrow(InputError);
  });

  it("refuses a precision that it does not have, naming it", async () => {
    const { lowered } = makeFixture("se-resnet20");
    const encoding = tested().engine.encode(lowered, { batch: 1, precision: "int4" as Precision });
    await expect(encoding).rejects.toThrow(InputError);
    await expect(encoding).rejects.toThrow(/int4/);
  });
}
