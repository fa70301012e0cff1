import { expect, it } from "vitest";
import type { Device } from "../device.ts";
import { imageAt, makeFixture } from "./fixture.ts";
import { openSession, type SharedSessions, type TestedEngine } from "./open-session.ts";

/** Tests the life of sessions, and what they prove. */
export function describeSessions(
  tested: () => TestedEngine,
  shared: SharedSessions["of"],
  device: Device,
): void {
  it("runs both members of a pair in alternation", async () => {
    const [plain, se] = [await shared("resnet20"), await shared("se-resnet20")];
    const ofPlain = await plain.stage(imageAt(0));
    const ofSe = await se.stage(imageAt(0));
    const [plainLogits, seLogits] = [await plain.run(ofPlain), await se.run(ofSe)];
    expect(seLogits).not.toEqual(plainLogits);
    expect(await plain.run(ofPlain)).toEqual(plainLogits);
    expect(await se.run(ofSe)).toEqual(seLogits);
  });

  it("is disposed of once, however often that is asked, and then runs no more", async () => {
    const session = await openSession(tested(), makeFixture("se-resnet20"), 1);
    const staged = await session.stage(imageAt(0));
    await session[Symbol.asyncDispose]();
    await expect(session[Symbol.asyncDispose]()).resolves.toBeUndefined();
    await expect(session.run(staged)).rejects.toBeInstanceOf(Error);
  });

  it("outlives another session of the same model", async () => {
    const session = await shared("se-resnet20");
    const staged = await session.stage(imageAt(0));
    const before = await session.run(staged);
    const other = await openSession(tested(), makeFixture("se-resnet20"), 1);
    await other[Symbol.asyncDispose]();
    expect(await session.run(staged)).toEqual(before);
  });

  it("proves that its device did the work", async () => {
    const session = await shared("se-resnet20");
    await session.run(await session.stage(imageAt(0)));
    const attestation = await session.attest();
    expect(attestation).toMatchObject({ device, proven: true, reason: null });
    expect(JSON.parse(JSON.stringify(attestation))).toEqual(attestation);
  });
}
