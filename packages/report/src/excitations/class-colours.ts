/**
 * The colours of the classes' lines in the light and the dark theme: blue, orange, green and
 * purple of Okabe and Ito's palette ("Color Universal Design", 2008), which people with each kind
 * of colour blindness tell apart. They are darker or lighter than there where the paper behind
 * them needs it.
 */
export const classColours = [
  { name: "first", light: "#0072b2", dark: "#56b4e9" },
  { name: "second", light: "#c44f00", dark: "#ff9d4d" },
  { name: "third", light: "#00805c", dark: "#35d0a2" },
  { name: "fourth", light: "#a8518a", dark: "#e79bc6" },
] as const;

const variables = (theme: "light" | "dark") =>
  classColours.map((colour) => `--${colour.name}: ${colour[theme]};`).join(" ");

/** The style of the excitations' page, beside the one that all pages share. */
export const excitationsStyle = `
:root { ${variables("light")} --band: #dfe1e4; }
@media (prefers-color-scheme: dark) { :root { ${variables("dark")} --band: #343941; } }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem 1.25rem; }
.panels figure { margin: 0; }
.panels figcaption { color: var(--ink); margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; font-size: .875rem; max-width: none; }
.legend svg { width: 1.75rem; height: .75rem; margin-right: .4rem; vertical-align: baseline; }
`;
