import { type OkCase, parityHolds } from "@sebench/results";
import { formatDifference } from "./format.ts";

/** `holds`, or `FAILS`; with the tolerance where that is wider than full fp32's. */
export function parityText(record: OkCase): string {
  const word = parityHolds(record) ? "holds" : "FAILS";
  const full = record.precision === "fp32" && !record.attestation.tf32;
  return full ? word : `${word} (to ${formatDifference(record.parity.tolerance)})`;
}
