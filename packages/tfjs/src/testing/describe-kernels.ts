import { runReference } from "@sebench/reference";
import {
  activated,
  applied,
  convolutions,
  gatedConvolutions,
  groupedConvolutions,
  otherOperators,
  pools,
  relativeError,
  testImages,
} from "@sebench/reference/testing";
import type { MapShape, Network, Op } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { beforeEach, describe, expect, it } from "vitest";
import type { Forms, PadForm } from "../model/forms.ts";
import type { TfjsBinding } from "../session/binding.ts";
import { everyGrouped, everyOther, everySqueeze } from "./forms.ts";
import { runLowered } from "./run.ts";

/** A backend under test. */
export interface KernelSubject {
  readonly name: string;
  readonly binding: TfjsBinding;
  /** The forms of padding that the backend can do. */
  readonly pads: readonly PadForm[];
  /** The reason why this machine lacks the backend, which skips the tests, or null. */
  missing?(): Promise<string | null>;
}

/** Describes tests of every operator, in every form, against the oracle, at the top of a test file. */
export function describeKernels(subject: KernelSubject): void {
  const errorOf = (network: Network, forms: readonly Forms[]) =>
    largestError(subject, network, forms);

  describe(`on ${subject.name}, in every form, tfjs agrees with the oracle about`, () => {
    beforeEach(async ({ skip }) => {
      const reason = await subject.missing?.();
      if (reason) skip(reason);
    });

    it.each(convolutions)("a convolution: %s", async (_name, op) => {
      for (const bias of [false, true]) {
        expect(await errorOf(applied([16, 11, 9], op, bias), everyOther)).toBeLessThan(1e-5);
      }
    });

    it.each(groupedConvolutions)("a convolution %s", async (_name, channels, op) => {
      for (const bias of [false, true]) {
        expect(await errorOf(applied([channels, 9, 8], op, bias), everyGrouped)).toBeLessThan(1e-5);
      }
    });

    it.each<Op>([{ kind: "relu" }, { kind: "sigmoid" }, { kind: "clip", min: 0, max: 6 }])(
      "$kind after a convolution",
      async (activation) => {
        for (const groups of [1, 8, 16]) {
          expect(await errorOf(activated(groups, activation), everyGrouped)).toBeLessThan(1e-5);
        }
      },
    );

    it.each(["globalAvgPool", "globalMaxPool"] as const)("%s", async (kind) => {
      expect(await errorOf(applied([12, 7, 5], { kind }), everySqueeze)).toBeLessThan(1e-5);
    });

    it.each([6, 7, 8, 9].flatMap((size) => pools.map(([name, op]) => ({ size, name, op }))))(
      "pooling of $size pixels: $name",
      async ({ size, op }) => {
        expect(await errorOf(applied([4, size, size + 1], op), everyOther)).toBeLessThan(1e-5);
      },
    );

    it.each(gatedConvolutions)(
      "a convolution whose weights a gate scales: %s",
      async (_name, of) => {
        expect(await largestError(subject, of, everyOther, 1)).toBeLessThan(1e-5);
      },
    );

    it.each(otherOperators)("%s", async (_name, network) => {
      expect(await errorOf(network, everyOther)).toBeLessThan(1e-5);
    });
  });
}

/** The largest error of the forms that the backend can do, relative to the oracle's largest value. */
async function largestError(
  { binding, pads }: KernelSubject,
  network: Network,
  candidates: readonly Forms[],
  batch = 3,
): Promise<number> {
  const weights = seededWeights(network, 1);
  const images = testImages(batch, network.nodes[0]!.shape as MapShape);
  const expected = runReference(network, weights, images);
  const lowered = { network, weights, lowering: "conv1x1" } as const;
  const errors: number[] = [];
  for (const forms of candidates.filter((each) => pads.includes(each.pads))) {
    const logits = await runLowered({ ...binding, forms }, lowered, images);
    errors.push(relativeError(logits, expected));
  }
  expect(errors).not.toHaveLength(0);
  return Math.max(...errors);
}
