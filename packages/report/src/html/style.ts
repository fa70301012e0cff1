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
  margin: 0 auto; max-width: 58rem; padding: 1.5rem 1rem 4rem; background: var(--paper);
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
.answers { display: grid; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; max-width: none; }
.answers > li { background: var(--panel); border-radius: 6px; padding: .85rem 1rem; margin: 0; }
.answers h3 { margin: 0 0 .25rem; }
.answers p { margin: .25rem 0; }
.cost { font-size: 1.125rem; font-weight: 600; }
figure { margin: 1rem 0; }
figure svg { display: block; width: 100%; height: auto; }
figure .wide { display: none; }
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
@media (min-width: 46rem) { tbody .line { white-space: nowrap; } }
td.number, th.number { text-align: right; white-space: nowrap; }
td.text { min-width: 11rem; overflow-wrap: anywhere; }
/* On a phone each row is a block of its own, and each cell says its column. */
@media (max-width: 45.99rem) {
  table, caption, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tr { border-bottom: 1px solid var(--rule); padding: .5rem 0; }
  tbody th { border: 0; padding: 0; font-weight: 600; }
  td, td.number, td.text { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0; min-width: 0; white-space: normal; text-align: right; }
  td::before { content: attr(data-title); color: var(--muted); flex: none; text-align: left; }
}
details { border-bottom: 1px solid var(--rule); padding: .5rem 0; }
summary { cursor: pointer; }
dl { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: .2rem 1rem; font-size: .875rem; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
@media print { body { max-width: none; } nav { display: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;
