import { expect, it } from "vitest";
import { DeviceWatch } from "./device-watch.ts";

const never = new Promise<never>(() => {});

it("gives what the work gives, or its error", async () => {
  const watch = new DeviceWatch();
  expect(await watch.guard(async () => 7)).toBe(7);
  await expect(watch.guard(() => Promise.reject(new Error("no kernel")))).rejects.toThrow(
    "no kernel",
  );
});

it("rejects work that the device leaves undone", async () => {
  const watch = new DeviceWatch();
  const works = [watch.guard(() => never), watch.guard(() => never)];
  watch.tell("the device is lost");
  for (const work of works) await expect(work).rejects.toThrow("the device is lost");
});

it("begins no work on a device that is gone, and keeps to the first reason", async () => {
  const watch = new DeviceWatch();
  watch.tell("the device is lost");
  watch.tell("and so is its queue");
  let begun = false;
  const work = watch.guard(async () => {
    begun = true;
  });
  await expect(work).rejects.toThrow("the device is lost");
  expect(begun).toBe(false);
});

it("tells the reason even where the engine fails first", async () => {
  const watch = new DeviceWatch();
  const work = watch.guard(async () => {
    setTimeout(() => watch.tell("the device is lost"));
    throw new Error("mapAsync failed");
  });
  await expect(work).rejects.toThrow("the device is lost");
});
