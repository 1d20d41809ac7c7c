/**
 * The style sheet of result pages: system fonts, light and dark by the reader's preference, tables and pictures that scroll within the
 * page on narrow screens, and no colours on paper. Text has a contrast of at least 4.5:1 on its background (WCAG 2.1, 1.4.3).
 */
export const pageStyle: string = `
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #555; --paper: #fff; --line: #c9c9c9; --shade: #f3f3f3; --link: #004f8a; --warn: #7a2400; --warn-shade: #fdeee4; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --soft: #b4b4b4; --paper: #161616; --line: #4a4a4a; --shade: #232323; --link: #8cc4ff; --warn: #ffb68f; --warn-shade: #3a2114; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "DejaVu Sans", Verdana, sans-serif; overflow-wrap: break-word; }
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
section { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.5rem; }
nav ol { margin: .3rem 0; padding-left: 1.9rem; columns: 24rem auto; column-gap: 2.5rem; }
nav li { break-inside: avoid; padding: .15rem 0; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
.warning { border-left: .3rem solid var(--warn); background: var(--warn-shade); padding: .5rem .8rem; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: .25rem; padding: 0 .35rem; font-size: .85rem; font-weight: 600; color: var(--warn); }
.soft { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; margin: .6rem 0; }
pre { font: .85rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; margin: 0; }
figure { margin: 1rem 0; }
figure .scroll { background: #fff; border: 1px solid var(--line); border-radius: .3rem; }
figure svg { display: block; width: 100%; min-width: 38rem; max-width: 62rem; height: auto; margin: 0 auto; }
figcaption { color: var(--soft); font-size: .9rem; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .35rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2rem); }
th, td { text-align: right; padding: .28rem .6rem; border-bottom: 1px solid var(--line); vertical-align: baseline; white-space: nowrap; }
th[scope=row], .words th, .words td { text-align: left; }
th[scope=row] { position: sticky; left: 0; background: var(--paper); font-weight: 600; }
.words td { white-space: normal; }
.number { white-space: nowrap; }
.long { display: block; min-width: 9rem; }
th[scope=colgroup] { text-align: center; }
thead th { background: var(--shade); vertical-align: bottom; }
thead th:first-child { text-align: left; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; }
@media print {
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  .skip { display: none; }
  .scroll { overflow: visible; }
  figure svg { min-width: 0; max-width: 100%; }
  figure .scroll { border: 0; }
  table { font-size: 8pt; }
  pre { font-size: 6.5pt; }
  th, td { padding: .15rem .35rem; }
  th[scope=row], caption span { position: static; }
  h2, h3, caption, h2 + p { break-after: avoid; }
  figure, table, dl { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
`
