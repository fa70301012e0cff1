import { optionalHosts, runtimes } from "@sebench/hosts/runtimes";
import {
  buildNetwork,
  countMacs,
  countParameters,
  modelNames,
  networkSetNames,
  purposeOf,
  rowOf,
  seNameOf,
} from "@sebench/spec";
import { alignedColumns } from "../words/terminal.ts";

/** Prints every network, plain and with SE, the sets of them, and every runtime. */
export function list(flags: { json?: boolean }): void {
  const networks = modelNames.flatMap((model) =>
    [model, seNameOf(model)].map((name) => {
      const network = buildNetwork(name);
      const { imageSize, source } = rowOf(model);
      const [parameters, macs] = [countParameters(network), countMacs(network)];
      return { name, parameters, macs, imageSize, source };
    }),
  );
  const sets = networkSetNames.map((name) => ({ name, purpose: purposeOf(name) }));
  const known = runtimes.map(({ id, hosts, precisions }) => ({ id, hosts, precisions }));
  if (flags.json) {
    console.log(JSON.stringify({ networks, sets, runtimes: known }, null, 2));
    return;
  }
  const rows = networks.map(({ name, parameters, macs, imageSize, source }) => [
    name,
    parameters.toLocaleString("en-US"),
    (macs / 1e9).toFixed(4),
    String(imageSize),
    source,
  ]);
  const header = ["network", "parameters", "GMACs", "size", "source"];
  console.log(alignedColumns([header, ...rows], { right: [1, 2, 3] }));
  console.log(
    "\nOptions go into braces: se-resnet50{r=8,squeeze=max,gate=tanh,place=pre,stages=2+3,bias=false,layout=timm}",
  );
  console.log(
    "Names of published weights are read too: seresnet50, legacy_senet154, tf_efficientnet_b0.ns_jft_in1k, regnet_y_400mf.",
  );
  console.log("\nset, for --network-set");
  console.log(alignedColumns(sets.map(({ name, purpose }) => [name, purpose])));
  console.log(
    `\nruntime, hosts (${optionalHosts.join(" and ")} only where --host names them), precisions`,
  );
  console.log(
    alignedColumns(
      known.map(({ id, hosts, precisions }) => [id, hosts.join(", "), precisions.join(", ")]),
    ),
  );
}
