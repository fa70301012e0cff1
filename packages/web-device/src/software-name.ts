/** Names of renderers that serve a GPU interface on the CPU. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

/** Whether the CPU does the work of a device of this name, as the driver gives it. */
export function isSoftwareName(name: string): boolean {
  return softwareNames.test(name);
}
