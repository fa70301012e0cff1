import { buildNetwork, countMacs, countParameters, modelNames, modelTable } from "@sebench/spec";
import { optionalHosts, runtimes } from "../runtimes.ts";

/** Prints every network, plain and with SE, and every runtime. */
export function list(flags: { json?: boolean }): void {
  const networks = modelNames.flatMap((model) =>
    [model, `se-${model}`].map((name) => {
      const network = buildNetwork(name);
      return {
        name,
        parameters: countParameters(network),
        macs: countMacs(network),
        imageSize: modelTable[model].imageSize,
        source: modelTable[model].source,
      };
    }),
  );
  const known = runtimes.map(({ id, hosts }) => ({ id, hosts }));
  if (flags.json) {
    console.log(JSON.stringify({ networks, runtimes: known }, null, 2));
    return;
  }
  const width = Math.max(...networks.map(({ name }) => name.length));
  console.log(
    `${"network".padEnd(width)}  ${"parameters".padStart(11)}  ${"GMACs".padStart(7)}  size`,
  );
  for (const { name, parameters, macs, imageSize } of networks) {
    const counts = `${parameters.toLocaleString("en-US").padStart(11)}  ${(macs / 1e9).toFixed(4).padStart(7)}`;
    console.log(`${name.padEnd(width)}  ${counts}  ${imageSize}`);
  }
  console.log(
    "\nOptions go into braces: se-resnet50{r=8,squeeze=max,gate=tanh,place=pre,stages=2+3,bias=false,layout=timm}",
  );
  console.log(`\nruntime (hosts; ${optionalHosts.join(" and ")} only where --host names them)`);
  for (const { id, hosts } of known) console.log(`${id} (${hosts.join(", ")})`);
}
