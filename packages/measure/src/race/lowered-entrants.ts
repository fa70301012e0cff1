import {
  leaveOut,
  type LeftOut,
  lower,
  type LoweredNetwork,
  type LoweringName,
} from "@sebench/lowering";
import type { Engine, SessionOptions } from "@sebench/runtime";
import type { Member } from "../measurement/measurement.ts";
import type { Entrant } from "./run-race.ts";

/** An entrant of a race by name, as plain data. */
export interface RaceEntrant {
  /** The member, of which those with SE are compared with the first of them. */
  readonly member: Member;
  readonly lowering: LoweringName;
  /** The ranges of activations that int8 needs, and none at other precisions. */
  readonly ranges: NonNullable<SessionOptions["ranges"]>;
  /** The steps of SE that the entrant is left without, and so computes another function. */
  readonly leftOut?: LeftOut;
}

type Built = Pick<LoweredNetwork, "network" | "weights">;

/**
 * The entrants of a race, with each member built once however many of its lowerings race.
 *
 * @param build Builds a member in canonical form.
 */
export function loweredEntrants(
  engine: Engine,
  entrants: readonly RaceEntrant[],
  { batch, precision }: Pick<SessionOptions, "batch" | "precision">,
  build: (member: Member) => Promise<Built>,
): Entrant[] {
  const members = new Map<Member, Promise<Built>>();
  const builtOnce = (member: Member) => {
    const known = members.get(member) ?? build(member);
    members.set(member, known);
    return known;
  };
  return entrants.map(({ member, lowering, ranges, leftOut }) => ({
    compared: member === "se" && leftOut === undefined,
    async encode() {
      const { network, weights } = await builtOnce(member);
      const whole = lower(network, weights, lowering, { batch });
      const lowered = leftOut === undefined ? whole : leaveOut(whole, leftOut);
      return engine.encode(lowered, { batch, precision, ranges });
    },
  }));
}
