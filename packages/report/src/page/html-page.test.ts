import { describe, expect, test } from "vitest";
import { style } from "./html-page.ts";

/** The relative luminance of a colour `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const [light, dark] = [...style.matchAll(/:root \{[^}]*\}/g)].map(
  ([block]) =>
    new Map([...block.matchAll(/--(\w+): (#\w{6})/g)].map(([, name, hex]) => [name, hex!])),
);

describe.each([
  ["light", light!],
  ["dark", dark!],
])("in the %s theme", (_, palette) => {
  test.each(["ink", "muted", "se", "plain", "bad", "good"])(
    "%s can be read on the paper and on panels (WCAG AA, 4.5)",
    (name) => {
      for (const ground of ["paper", "panel"]) {
        expect(contrast(palette.get(name)!, palette.get(ground)!)).toBeGreaterThan(4.5);
      }
    },
  );
});
