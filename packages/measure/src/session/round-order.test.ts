import { expect, test } from "vitest";
import { seededRandom } from "../statistics/random.ts";
import { type Order, preparationOrders, roundOrders } from "./round-order.ts";

function take(orders: Iterator<Order, never>, count: number): Order[] {
  return Array.from({ length: count }, () => orders.next().value);
}

const pairs = (seed: number) => roundOrders(2, seededRandom(seed));
const secondFirst = (orders: readonly Order[]): number =>
  orders.filter(([first]) => first === 1).length;

test("the same seed gives the same order of visits, another seed another", () => {
  const orders = take(pairs(7), 40);
  expect(take(pairs(7), 40)).toEqual(orders);
  expect(take(pairs(8), 40)).not.toEqual(orders);
});

test("every even number of rounds begins as often with SE as with plain", () => {
  const orders = take(pairs(1), 200);
  for (let rounds = 2; rounds <= orders.length; rounds += 2) {
    expect(secondFirst(orders.slice(0, rounds))).toBe(rounds / 2);
  }
});

test("chance decides which member begins a pair of rounds", () => {
  const orders = take(pairs(1), 2000);
  const openings = orders.filter((_, round) => round % 2 === 0);
  // The bounds are five standard deviations of 1000 tosses.
  expect(Math.abs(secondFirst(openings) - 500)).toBeLessThan(5 * Math.sqrt(250));
});

test("of three, either of any two comes first in every other round, in any place", () => {
  const orders = take(roundOrders(3, seededRandom(1)), 600);
  for (const order of orders) expect(order.toSorted()).toEqual([0, 1, 2]);
  for (const [one, other] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const before = orders.filter((order) => order.indexOf(one) < order.indexOf(other));
    expect(before).toHaveLength(300);
  }
  expect(new Set(orders.map(String)).size).toBe(6);
});

test("preparation alternates, and some seeds begin with either member", () => {
  const [first, second, third] = take(preparationOrders(2, seededRandom(1)), 3);
  expect(second).toEqual(first?.toReversed());
  expect(third).toEqual(first);
  const openings = Array.from({ length: 20 }, (_, seed) =>
    take(preparationOrders(2, seededRandom(seed)), 1),
  );
  expect(new Set(openings.map(String)).size).toBe(2);
});
