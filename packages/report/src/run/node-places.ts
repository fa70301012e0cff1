import {
  type CaseRecord,
  nodePlaces,
  type NodePlaces,
  ran,
  type RunRecord,
} from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { workLabel } from "../case/case-label.ts";
import { formatMs, formatNumberOf } from "../text/format.ts";

/** A case whose evidence says where its nodes ran. */
export interface PlacedCase {
  readonly record: CaseRecord;
  readonly places: Readonly<Record<"plain" | "se", NodePlaces>>;
}

type Label = (record: CaseRecord) => string;

/** The cases whose evidence says where their nodes ran, whether that proved the device or not. */
export function placedCases({ cases }: RunRecord): PlacedCase[] {
  return cases.flatMap((record) => {
    const attestation = ran(record) || record.status === "failed" ? record.attestation : null;
    if (attestation === null) return [];
    const [plain, se] = [nodePlaces(attestation, "plain"), nodePlaces(attestation, "se")];
    return plain === null || se === null ? [] : [{ record, places: { plain, se } }];
  });
}

/** Whether a member's nodes all ran on the device, with nothing copied to or from it in between. */
function isWhole({ elsewhere, copies }: NodePlaces): boolean {
  return elsewhere === 0 && copies.count === 0;
}

/** The one line that says where the nodes of all cases went. */
export function placesGist(placed: readonly PlacedCase[]): string {
  const parted = placed.filter(({ places }) => !isWhole(places.plain) || !isWhole(places.se));
  const all = formatNumberOf(placed.length, "case", "cases");
  return parted.length === 0
    ? `all of them on the device in ${all}`
    : `some are not on the device, or are copied for, in ${parted.length} of ${all}`;
}

export const placeColumns = [
  { title: "Case", align: "left" },
  { title: "On the device, plain", align: "right" },
  { title: "On the device, SE", align: "right" },
  { title: "Not on it, and why", align: "left" },
  { title: "Copies, plain → SE", align: "right" },
  { title: "Reorders, plain → SE", align: "right" },
] as const;

/**
 * A row under `placeColumns`.
 *
 * @param heading what names the case
 */
export function placeCells<Heading>(
  heading: Heading,
  { places: { plain, se } }: PlacedCase,
): (Heading | string)[] {
  return [
    heading,
    shareText(plain),
    shareText(se),
    elsewhereText(plain, se),
    `${copiesText(plain)} → ${copiesText(se)}`,
    `${plain.reorders} → ${se.reorders}`,
  ];
}

/** What the columns mean, for every form of the report. */
export const placesNote =
  "Nodes are those of the engine's own graph after its optimisation, in tfjs the kernels of a run; copies between the device's memory and the host's are counted apart, with their time by the host's clock, in which a copy to the host waits for the device. Reorders bring values into another order in memory. A case of which the engine would leave nodes to another device is refused, and its reason names them. TensorRT and WebNN may take a whole graph as one node.";

/** The sentences about where the nodes of a run went: one if all are on the device, else one a case. */
export function placeSentences(run: RunRecord, label: Label): string[] {
  const all = placedCases(run);
  if (all.length === 0) return [];
  const parted = all.flatMap((placed) => {
    const { record, places } = placed;
    if (isWhole(places.plain) && isWhole(places.se)) return [];
    const where = `${label(record)} for ${workLabel(record)}`;
    const { plain, se } = places;
    const left = elsewhereText(plain, se);
    return [
      `${where}: ${shareText(plain)} of plain and ${shareText(se)} of SE on the device${left === "–" ? "" : `, not ${left}`}; copies: ${copiesText(plain)} and ${copiesText(se)}.`,
    ];
  });
  return [`Where the nodes went: ${placesGist(all)}.`, ...parted];
}

function shareText({ total, elsewhere, unit }: NodePlaces): string {
  return `${total - elsewhere} of ${total} ${unit}`;
}

function copiesText({ copies: { count, ms } }: NodePlaces): string {
  return count === 0 || ms === null ? String(count) : `${count} (${formatMs(ms)})`;
}

/** The reasons for which nodes are elsewhere, in words. */
const reasons: Readonly<Record<NodePlaces["named"][number]["why"], string>> = {
  integers: "integers, which the engine keeps on the CPU",
  "no kernel": "the device's provider has no kernel",
};

/** The nodes that a cell names for each reason. */
const namedNodes = 3;

/** The nodes of both members that are elsewhere. Those of SE have plain's among them, if any. */
function elsewhereText(plain: NodePlaces, se: NodePlaces): string {
  const { elsewhere, named } = se.elsewhere > 0 ? se : plain;
  if (elsewhere === 0) return "–";
  if (named.length === 0) return `${elsewhere} on the CPU`;
  return (["no kernel", "integers"] as const)
    .flatMap((reason) => {
      const nodes = named.filter(({ why }) => why === reason);
      if (nodes.length === 0) return [];
      const first = nodes.slice(0, namedNodes).map(({ op, node }) => `${op} ${node}`);
      const more = nodes.length - first.length;
      const others = more > 0 ? ` and ${more} more` : "";
      return [`${first.map(oneLine).join(", ")}${others} (${reasons[reason]})`];
    })
    .join("; ");
}
