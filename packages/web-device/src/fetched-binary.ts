/**
 * The name of the WebAssembly file that the page fetched last, which tells SIMD,
 * threads and the build, or null where the page cannot tell.
 */
export function fetchedBinary(): string | null {
  const paths = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  const binary = paths.findLast((pathname) => pathname.endsWith(".wasm"));
  return binary?.split("/").at(-1) ?? null;
}
