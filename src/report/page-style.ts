/** The style of the page: readable width, light and dark by the reader's setting, plain on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1d1f23; --quiet: #5a5f68; --line: #d7dae0; --panel: #f6f7f9; --head: #eef0f3e8; --mark: #0b5cad; --edge: #0005; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14161a; --ink: #e6e8ec; --quiet: #a2a8b3; --line: #363b44; --panel: #1c1f25; --head: #23272fe8; --mark: #7ab8ff; --edge: #fff6; }
}
* { box-sizing: border-box; }
body { overflow-wrap: anywhere; margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 88rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .2rem; }
p, li, dl, figcaption, .note { max-width: 46rem; }
a { color: var(--mark); }
nav { font-size: .92rem; margin: .8rem 0 0; }
nav a { display: inline-block; margin-right: 1rem; }
code, pre { font: .88em/1.45 ui-monospace, monospace; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; white-space: pre-wrap; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0 0; font-size: .94rem; max-width: none; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; min-width: 0; }
.warning { border-left: 4px solid #d55e00; background: var(--panel); padding: .5rem .9rem; }
.note, figcaption { color: var(--quiet); font-size: .92rem; margin: .2rem 0 .6rem; }
figure { margin: 1.2rem 0 2.2rem; }
.chart, .wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; margin-bottom: .5rem; background:
  linear-gradient(to right, var(--ground) 40%, transparent) 0 / 3rem 100% local,
  linear-gradient(to left, var(--ground) 40%, transparent) 100% / 3rem 100% local,
  linear-gradient(to right, var(--edge), transparent) 0 / 1.1rem 100% scroll,
  linear-gradient(to left, var(--edge), transparent) 100% / 1.1rem 100% scroll,
  var(--ground); background-repeat: no-repeat; }
.chart { padding: .4rem; }
.scrolls::before { content: '\\21c6\\a0 scroll for more'; position: sticky; left: 0; display: block; width: max-content; padding: .15rem .5rem; color: var(--quiet); font-size: .8rem; }
.chart svg { display: block; max-width: none; height: auto; }
@media (min-width: 60rem) { .chart svg { max-width: 100%; } .on-narrow { display: none; } }
@media (max-width: 59.99rem) { .on-wide { display: none; } .on-narrow svg { width: 100%; max-width: 32rem; } }
.tall { max-height: 32rem; overflow: auto; }
table { overflow-wrap: break-word; border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { max-width: 30rem; overflow-wrap: break-word; }
.name { min-width: 14.5rem; }
.words { min-width: 11.5rem; }
th { position: sticky; top: 0; background: var(--head); vertical-align: bottom; padding: 0; }
th span { display: block; padding: .28rem .6rem; }
th button { all: unset; box-sizing: border-box; width: 100%; padding: .28rem .6rem; cursor: pointer; font-weight: 600; }
th button:hover, th button:focus-visible { color: var(--mark); text-decoration: underline; }
th button:focus-visible { outline: 2px solid var(--mark); outline-offset: -2px; }
th[aria-sort=ascending] button::after { content: ' \\25b2'; }
th[aria-sort=descending] button::after { content: ' \\25bc'; }
.number { text-align: right; white-space: nowrap; }
time { white-space: nowrap; }
th.number button { text-align: right; }
tbody tr:hover { background: var(--panel); }
.swatch { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .45em; }
.answer { font-size: 1.15rem; line-height: 1.45; margin: .6rem 0; max-width: 60rem; }
.explorer figure { margin: .8rem 0 1.4rem; }
.explorer figure h3 { margin: .2rem 0; }
.drawing { width: 100%; max-width: 64rem; min-height: 4rem; }
.drawing svg { max-width: 100%; height: auto; overflow: visible; }
.tabs { display: flex; gap: .3rem; margin: .4rem 0; }
.choices { display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: end; margin: .4rem 0 .7rem; }
.choices label { display: flex; flex-direction: column; font-size: .82rem; color: var(--quiet); max-width: 100%; }
select, input[type=search], .explorer button, .tools button { font: inherit; font-size: .9rem; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 5px; padding: .25rem .5rem; max-width: 100%; min-height: 2rem; }
select { max-width: min(22rem, 90vw); }
.explorer button, .tools button { cursor: pointer; }
.tabs button[aria-pressed=true] { background: var(--mark); color: var(--ground); border-color: var(--mark); }
:is(select, input, button, summary, a, [tabindex]):focus-visible { outline: 2px solid var(--mark); outline-offset: 1px; }
.tools, .buttons { display: flex; flex-wrap: wrap; gap: .3rem; }
.boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .1rem .8rem; max-height: 22rem; overflow: auto; margin: .4rem 0; font-size: .88rem; }
.boxes label { display: flex; gap: .35rem; align-items: baseline; min-width: 0; }
summary { cursor: pointer; padding: .3rem 0; }
.drawn { border-collapse: separate; border-spacing: 0; }
.drawn td { white-space: nowrap; height: var(--row); padding-block: 0; vertical-align: middle; max-width: 26rem; overflow: hidden; text-overflow: ellipsis; }
.drawn th button { font-size: .88rem; background: none; border: 0; }
.anchor { visibility: hidden; margin-left: .4rem; text-decoration: none; font-weight: 400; }
:is(h2, h3):hover .anchor, .anchor:focus { visibility: visible; }
#hint { position: fixed; z-index: 9; pointer-events: none; max-width: 24rem; padding: .35rem .6rem; border-radius: 5px; background: var(--ink); color: var(--ground); font-size: .85rem; }
[role=graphics-symbol]:hover { opacity: .75; }
@media (max-width: 40rem) {
  main { padding: 1rem 1rem 3rem; }
  h1 { font-size: 1.25rem; }
  .answer { font-size: 1.05rem; }
  nav { margin: .4rem 0 0; }
  h2 { margin: 1.4rem 0 .4rem; }
  .choices label { flex: 1 1 auto; min-width: 0; }
  .choices select { width: 100%; max-width: 100%; }
  .name { min-width: 8.5rem; }
  .drawn :is(.name, .words) { min-width: 0; }
  .drawn th { white-space: normal; line-height: 1.3; }
  .drawn th.number { min-width: 6rem; }
  .drawn .name { font-size: .82rem; line-height: 1.2; padding-right: .2rem; }
  .drawn .name .swatch { vertical-align: middle; }
  .drawn .name bdi { white-space: normal; display: -webkit-inline-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; width: calc(40vw - 2.2rem); vertical-align: middle; }
  #explorer-figures :is(th, td):first-child { position: sticky; left: 0; box-shadow: 1px 0 var(--line); }
  #explorer-figures td:first-child { background: var(--ground); }
  #explorer-figures th { z-index: 1; background: linear-gradient(var(--head), var(--head)), var(--ground); }
  #explorer-figures th:first-child { z-index: 2; }
  #explorer-figures tr:hover td:first-child { background: var(--panel); }
}
/* What is out of sight is neither laid out nor painted: a run of hundreds of models has 50,000 elements. */
@media screen { section > figure, section > .wide, #explorer-pictures > figure, #explorer-figures { content-visibility: auto; contain-intrinsic-size: auto 30rem; } }
@media print {
  :root { --ground: #fff; --ink: #000; --quiet: #333; --line: #bbb; --panel: #fff; --head: #fff; color-scheme: light; }
  main { max-width: none; padding: 0; }
  nav, #hint, #explorer-controls, #explorer-models, .tools, .anchor { display: none; }
  figure, tr { break-inside: avoid; }
  .tall, .wide, .chart { max-height: none; overflow: visible; border: 0; background: none; }
  .scrolls::before { content: none; }
  .on-narrow { display: none; }
  .on-wide { display: block; }
  .chart svg { max-width: 100%; }
  table { font-size: 7.5pt; }
}
`;
