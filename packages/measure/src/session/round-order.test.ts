import { expect, test } from "vitest";
import { seededRandom } from "../statistics/random.ts";
import { type Order, preparationOrders, roundOrders } from "./round-order.ts";

function take(orders: Iterator<Order, never>, count: number): Order[] {
  return Array.from({ length: count }, () => orders.next().value);
}

const seFirst = (orders: readonly Order[]): number =>
  orders.filter(([first]) => first === "se").length;

test("the same seed gives the same order of visits, another seed another", () => {
  const orders = take(roundOrders(seededRandom(7)), 40);
  expect(take(roundOrders(seededRandom(7)), 40)).toEqual(orders);
  expect(take(roundOrders(seededRandom(8)), 40)).not.toEqual(orders);
});

test("every even number of rounds begins as often with SE as with plain", () => {
  const orders = take(roundOrders(seededRandom(1)), 200);
  for (let rounds = 2; rounds <= orders.length; rounds += 2) {
    expect(seFirst(orders.slice(0, rounds))).toBe(rounds / 2);
  }
});

test("chance decides which member begins a pair of rounds", () => {
  const orders = take(roundOrders(seededRandom(1)), 2000);
  const openings = orders.filter((_, round) => round % 2 === 0);
  // The bounds are five standard deviations of 1000 tosses.
  expect(Math.abs(seFirst(openings) - 500)).toBeLessThan(5 * Math.sqrt(250));
});

test("every round visits both members", () => {
  for (const order of take(roundOrders(seededRandom(3)), 20)) {
    expect(order.toSorted()).toEqual(["plain", "se"]);
  }
});

test("preparation alternates, and some seeds begin with either member", () => {
  const [first, second, third] = take(preparationOrders(seededRandom(1)), 3);
  expect(second).toEqual(first?.toReversed());
  expect(third).toEqual(first);
  const openings = Array.from({ length: 20 }, (_, seed) =>
    take(preparationOrders(seededRandom(seed)), 1),
  );
  expect(new Set(openings.map(String)).size).toBe(2);
});
