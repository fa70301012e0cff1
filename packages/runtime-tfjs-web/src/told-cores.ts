/** Tells of so many cores while `start` runs, whatever the machine has. */
export async function tellingOfCores<Result>(
  cores: number,
  start: () => Promise<Result>,
): Promise<Result> {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: cores, configurable: true });
  try {
    return await start();
  } finally {
    Reflect.deleteProperty(navigator, "hardwareConcurrency");
  }
}
