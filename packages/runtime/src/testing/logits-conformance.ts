import { relativeError } from "@sebench/reference/testing";
import { expect, it } from "vitest";
import { type SharedSessions, type TestedEngine, withSession } from "./open-session.ts";
import { expectedLogits, type FixtureName, imageAt, images, makeFixture } from "./fixture.ts";

/** Tests the logits that `run` gives. */
export function describeLogits(
  tested: () => TestedEngine,
  shared: SharedSessions["of"],
  tolerance: number,
): void {
  const names = ["resnet20", "se-resnet20"] as const satisfies readonly FixtureName[];

  it.each(names)("gives the oracle's logits for %s", async (name) => {
    const session = await shared(name);
    const logits = await session.run(await session.stage(imageAt(0)));
    const expected = expectedLogits(makeFixture(name), imageAt(0));
    expect(relativeError(logits, expected)).toBeLessThan(tolerance);
  });

  it("gives the same logits for the same input", async () => {
    const session = await shared("se-resnet20");
    const staged = await session.stage(imageAt(0));
    const first = await session.run(staged);
    expect(await session.run(staged)).toEqual(first);
  });

  it("gives results that a later run leaves alone", async () => {
    const session = await shared("se-resnet20");
    const first = await session.run(await session.stage(imageAt(0)));
    const copy = first.slice();
    const second = await session.run(await session.stage(imageAt(1)));
    expect(first).toEqual(copy);
    expect(second).not.toEqual(copy);
  });

  it("takes a copy of the images that it stages", async () => {
    const session = await shared("se-resnet20");
    const { shape, data } = imageAt(0);
    const reused = data.slice();
    const staged = await session.stage({ shape, data: reused });
    const before = await session.run(staged);
    reused.fill(0);
    expect(await session.run(staged)).toEqual(before);
  });

  it("gives each image of a batch its own logits, in order", async () => {
    const fixture = makeFixture("se-resnet20");
    const logits = await withSession(tested(), fixture, 2, async (session) =>
      session.run(await session.stage(images)),
    );
    const [first, second] = [logits.subarray(0, 10), logits.subarray(10)];
    expect(relativeError(first, expectedLogits(fixture, imageAt(0)))).toBeLessThan(tolerance);
    expect(relativeError(second, expectedLogits(fixture, imageAt(1)))).toBeLessThan(tolerance);
  });
}
