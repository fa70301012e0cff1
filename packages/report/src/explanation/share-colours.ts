import type { ShareKind } from "./share.ts";

/**
 * Of the segments of a bar, in the light and the dark theme, each readable on the
 * paper and under its letters (WCAG AA, 4.5). Colours alone do not tell ten parts
 * apart: a segment also has a letter. What is unexplained has no colour of its own.
 */
export const shareColours: Readonly<
  Record<Exclude<ShareKind, "unexplained">, { readonly light: string; readonly dark: string }>
> = {
  squeeze: { light: "#0067a3", dark: "#56b4e9" },
  excite: { light: "#9c4480", dark: "#e79bc6" },
  scale: { light: "#00734f", dark: "#35d0a2" },
  fusions: { light: "#b34600", dark: "#ff9d4d" },
  layout: { light: "#a3261d", dark: "#ff8f82" },
  copies: { light: "#5a48b0", dark: "#b3a6ff" },
  trunk: { light: "#565c66", dark: "#a4abb5" },
  other: { light: "#6b5a00", dark: "#d9c04a" },
  around: { light: "#2f6470", dark: "#7fc4d1" },
};

const variables = (theme: "light" | "dark") =>
  Object.entries(shareColours)
    .map(([kind, colour]) => `--${kind}: ${colour[theme]};`)
    .join(" ");

/** Beside the page's own style. */
export const explanationStyle = `
:root { ${variables("light")} }
@media (prefers-color-scheme: dark) { :root { ${variables("dark")} } }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; font-size: .875rem; max-width: none; }
.legend svg { width: 1.1rem; height: 1.1rem; margin-right: .4rem; vertical-align: text-bottom; }
`;
