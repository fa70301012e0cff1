import type { Member } from "../measurement/measurement.ts";
import type { Random } from "../statistics/random.ts";

/** The order of the two members. */
export type Order = readonly [Member, Member];

const orders: readonly [Order, Order] = [
  ["plain", "se"],
  ["se", "plain"],
];

/**
 * The order of the visits of each round, without end. Rounds come in blocks of
 * two, one in each order, and chance decides which comes first. They are random, so
 * that nothing periodic in the machine keeps meeting the same member, and balanced,
 * so that a few rounds do not favour one.
 */
export function* roundOrders(random: Random): Generator<Order, never> {
  for (;;) {
    const first = random() < 0.5 ? 0 : 1;
    yield orders[first];
    yield orders[1 - first]!;
  }
}

/**
 * The order in which the members of each replica are prepared, without end: it alternates
 * from a random start.
 */
export function* preparationOrders(random: Random): Generator<Order, never> {
  const first = random() < 0.5 ? 0 : 1;
  for (;;) {
    yield orders[first];
    yield orders[1 - first]!;
  }
}
