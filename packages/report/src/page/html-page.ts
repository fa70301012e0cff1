import { html, type Html, trusted } from "./html.ts";

/** The page's style. Charts take their colours from the same variables, in light and in dark. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --panel: #f4f4f1; --ink: #1b1d21; --muted: #565c66; --rule: #dcdddf;
  --se: #0a5fb0; --plain: #565c66; --bad: #a32015; --good: #1b6b3a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --panel: #1e2126; --ink: #e7e9ec; --muted: #a4abb5; --rule: #353a42;
    --se: #82bbff; --plain: #a4abb5; --bad: #ff9c8f; --good: #82d3a0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.75rem; margin: 0 0 .35rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.75rem 0 .35rem; }
p, ul, ol, dl { max-width: 44rem; margin: .5rem 0; }
ul, ol { padding-left: 1.25rem; }
li { margin: .25rem 0; }
a { color: var(--se); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--se); outline-offset: 2px; }
code, pre { font-family: ui-monospace, monospace; font-size: .875em; }
pre { background: var(--panel); padding: .75rem; overflow-x: auto; border-radius: 4px; }
.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.small { font-size: .875rem; }
.keep { white-space: nowrap; }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); }
nav { margin: 1.25rem 0 0; font-size: .875rem; }
nav a { display: inline-block; padding: .2rem 0; margin-right: 1rem; }
.notice { border-left: 3px solid var(--bad); padding: .1rem 0 .1rem .75rem; }
.answers { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; margin: 1rem 0 .75rem; padding: 0; list-style: none; max-width: none; }
.answers > li { --ground: var(--panel); background: var(--panel); border-radius: 8px; padding: .8rem 1rem .7rem; margin: 0; }
.answers h2 { margin: 0; padding: 0; border: 0; font-size: .875rem; font-weight: 600; color: var(--muted); }
#answer > p { max-width: none; }
.answers p { margin: .2rem 0; max-width: 62rem; }
.answers .headline { font-size: 1.0625rem; line-height: 1.45; }
.answers .versus { font-size: .875rem; color: var(--muted); margin-top: .4rem; }
.versus strong { color: var(--ink); }
figure { margin: 1rem 0; }
figure svg { display: block; width: 100%; height: auto; }
figure .wide { display: none; max-width: 60rem; }
figure .narrow { max-width: 30rem; }
figcaption { font-size: .875rem; color: var(--muted); max-width: 44rem; margin-bottom: .5rem; }
@media (min-width: 46rem) { figure .wide { display: block; } figure .narrow { display: none; } }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; min-width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--rule); }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 9.5rem; }
.line { display: block; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.number + td.short, th.number + th.short { padding-left: .75rem; }
td.text { min-width: 11rem; overflow-wrap: anywhere; }
/* On a phone each row is a block of its own, and each cell says its column. */
@media (max-width: 45.99rem) {
  table, caption, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tr { border-bottom: 1px solid var(--rule); padding: .5rem 0; }
  tbody th { border: 0; padding: 0; font-weight: 600; }
  td, td.number, td.text { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0; min-width: 0; white-space: normal; text-align: right; }
  td[data-title]::before { content: attr(data-title); color: var(--muted); flex: none; text-align: left; }
}
/* A chart whose rows are those of a table: drawings that stretch, and their figures. */
.tracks, .tracks thead, .tracks tbody, .tracks tfoot { display: block; min-width: 0; }
.tracks { margin: .5rem 0 .25rem; max-width: calc(26rem + var(--axes) * 22rem); }
.tracks caption, .tracks .unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.tracks tr { display: grid; grid-template-columns: 17rem repeat(var(--axes), minmax(0, 1fr)); column-gap: 2rem; padding: 0; border: 0; }
.tracks th, .tracks td { border: 0; padding: 0; }
.tracks thead { position: static; clip-path: none; width: auto; height: auto; }
.tracks thead th { font-weight: 400; font-size: .8125rem; padding-bottom: .2rem; }
.tracks tbody th { min-width: 0; padding: .22rem 0; line-height: 1.25; font-weight: 400; }
.tracks .strong th, .tracks .strong .figure { font-weight: 650; }
.tracks th .muted { font-weight: 400; font-size: .8125rem; display: block; }
.tracks td { display: flex; gap: .75rem; text-align: right; }
.tracks .figure { flex: none; align-self: center; width: 8.25rem; white-space: nowrap; }
.tracks td:last-child .figure { width: 10.25rem; }
.track, .ticks { flex: 1; width: 0; min-width: 0; height: auto; min-height: 1.5rem; contain: size; overflow: visible; }
.ticks { min-height: 1rem; height: 1rem; font-size: .6875rem; }
.ticks text { fill: var(--muted); text-anchor: middle; }
.track .grid { stroke: var(--rule); }
.track .zero { stroke: var(--muted); stroke-width: 1.5; }
.track .span { stroke: var(--plain); stroke-width: 2; }
.track .bar { stroke: var(--plain); stroke-width: 8; }
.track .open { fill: var(--ground, var(--paper)); stroke: var(--plain); stroke-width: 2; }
.track .filled { fill: var(--se); stroke: var(--ground, var(--paper)); stroke-width: 1; }
@media (max-width: 45.99rem) {
  .tracks tr { grid-template-columns: minmax(0, 1fr); row-gap: 0; }
  .tracks thead tr { display: flex; flex-wrap: wrap; column-gap: 1rem; }
  .tracks thead th:first-child { display: none; }
  .tracks tbody th { padding: .5rem 0 0; }
  .tracks .figure { width: 10.25rem; }
  .track { min-height: 1.4rem; }
  .tracks tfoot td { height: 1rem; }
  .tracks tfoot td:first-child { display: none; }
}
details { border-bottom: 1px solid var(--rule); padding: .5rem 0; }
summary { cursor: pointer; }
.chapters { margin-top: 1.5rem; border-top: 1px solid var(--rule); }
.chapter { padding: 0; }
.chapter > summary { display: grid; grid-template-columns: 1.1rem minmax(0, 1fr); align-items: baseline; padding: .5rem 0; list-style: none; }
.chapter > summary::-webkit-details-marker { display: none; }
.chapter > summary::before { content: "+"; color: var(--muted); font-family: ui-monospace, monospace; }
.chapter[open] > summary::before { content: "−"; }
.chapter > summary:hover h2 { text-decoration: underline; }
.chapter > summary h2 { margin: 0; padding: 0; border: 0; font-size: 1rem; }
.chapter > summary .gist { grid-column: 2; }
@media (min-width: 46rem) {
  .chapter > summary { grid-template-columns: 1.1rem 19rem minmax(0, 1fr); }
  .chapter > summary .gist { grid-column: 3; }
}
.chapter > section { padding: 0 0 1.5rem 1.1rem; scroll-margin-top: 4rem; }
.chapter h3:first-child { margin-top: .5rem; }
.gist { font-size: .875rem; color: var(--muted); }
dl { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: .2rem 1rem; font-size: .875rem; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
@media print {
  body { max-width: none; }
  /* What is folded is printed too. */
  details::details-content { content-visibility: visible; block-size: auto; display: block; }
  nav { display: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; }
}
`;

/**
 * A page that needs nothing but itself: no script, no network. The policy in its
 * head has the browser hold it to that.
 *
 * @param ownStyle what this page needs beyond the style that all share
 */
export function htmlPage(title: string, body: Html, ownStyle = ""): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${trusted(style + ownStyle)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.markup;
}
