import { type Random, shuffled } from "../statistics/random.ts";

/** An order of what takes turns, each by its index. */
export type Order = readonly number[];

/**
 * The orders of the visits of each round, without end. Rounds come in blocks of two, a random
 * order and its reverse. They are random, so that nothing periodic in the machine keeps meeting
 * the same member, and balanced, so that a few rounds favour neither of any two.
 *
 * @param count The number of those that take turns.
 */
export function* roundOrders(count: number, random: Random): Generator<Order, never> {
  for (;;) {
    const order = shuffled(indexesTo(count), random);
    yield order;
    yield order.toReversed();
  }
}

/**
 * The orders in which those that take turns are prepared in each replica, without end: a random
 * order and its reverse, which alternate.
 */
export function* preparationOrders(count: number, random: Random): Generator<Order, never> {
  const order = shuffled(indexesTo(count), random);
  for (;;) {
    yield order;
    yield order.toReversed();
  }
}

function indexesTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
