"""How a review's page looks: on a screen in the light and in the dark, and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #1d2430; --soft: #5d6878; --line: #dfe3ea; --code: #eef1f5;
  --red: #b3261e; --red-soft: #fdeceb; --amber: #8a5300; --amber-soft: #fff4de; --green: #1a6b3c; --green-soft: #e6f5ec;
  --blue: #1f56a8; --blue-soft: #e8f0fb; --violet: #6a3aa5; --violet-soft: #f2eafb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1a2028; --ink: #e4e8ee; --soft: #97a3b3; --line: #2d3642; --code: #252d38;
    --red: #ff9c94; --red-soft: #3b1e1d; --amber: #f2c069; --amber-soft: #372a12; --green: #7fd6a0; --green-soft: #15301f;
    --blue: #8fbcff; --blue-soft: #17293f; --violet: #c9a6ff; --violet-soft: #2a1f3b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Helvetica, Arial, sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { margin: 0; font-size: 26px; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 36px 0 12px; font-size: 18px; }
h2 + .note { margin: -8px 0 12px; }
h2 code { font-size: 17px; font-weight: 600; background: none; padding: 0; }
h2 .tag { margin-left: 8px; vertical-align: 1px; }
h3 { margin: 16px 0 6px; font-size: 13px; color: var(--soft); font-weight: 600; }
p { margin: 6px 0; }
.kicker { color: var(--soft); font-size: 13px; letter-spacing: .04em; text-transform: uppercase; margin: 0 0 6px; }
.span, .note, footer { color: var(--soft); font-size: 13px; }
.span code, .where code, .by code { padding: 0; background: none; }
code {
  font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--code); border-radius: 4px; padding: 1px 5px; overflow-wrap: anywhere; unicode-bidi: isolate;
  white-space: pre-wrap;
}
header { border-left: 6px solid var(--green); padding: 2px 0 2px 18px; }
header.error { border-color: var(--red); }
header.warning { border-color: var(--amber); }
.figures { display: flex; flex-wrap: wrap; gap: 8px; margin: 20px 0 0; padding: 0; list-style: none; }
.figures li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; min-width: 92px; }
.figures b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: 13px; }
.risks { list-style: none; margin: 0; padding: 0; }
.risks li {
  background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--amber);
  border-radius: 6px; padding: 8px 14px; margin: 0 0 6px; break-inside: avoid;
}
.risks li.error { border-left-color: var(--red); }
.risks li.note { border-left-color: var(--blue); color: inherit; font-size: inherit; }
.risks .what { margin: 0 0 3px; }
.risks .tag { margin-right: 4px; }
.risks .where { color: var(--soft); font-size: 13px; margin: 0; }
.tag {
  display: inline-block; border-radius: 99px; padding: 1px 9px; font-size: 12px; font-weight: 600; white-space: nowrap;
  background: var(--code); color: var(--soft);
}
.tag.error, .tag.removed { background: var(--red-soft); color: var(--red); }
.tag.warning, .tag.resealed, .tag.passed, .tag.gains { background: var(--amber-soft); color: var(--amber); }
.tag.added { background: var(--green-soft); color: var(--green); }
.tag.changed, .tag.note { background: var(--blue-soft); color: var(--blue); }
.tag.moved, .tag.protected { background: var(--violet-soft); color: var(--violet); }
td.bad { color: var(--red); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0 0 12px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th {
  text-align: left; color: var(--soft); font-size: 12px; font-weight: 600; white-space: nowrap;
  border-bottom: 1px solid var(--line); padding: 8px 12px;
}
td { padding: 7px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
tr { break-inside: avoid; }
td.by, td.signed { color: var(--soft); font-size: 13px; }
td.signed { white-space: nowrap; }
.values { margin: 6px 0 0; display: grid; grid-template-columns: auto 1fr; gap: 4px 8px; font-size: 13px; }
.values dt { color: var(--soft); } .values dd { margin: 0; }
.problem { color: var(--amber); font-size: 13px; margin: 4px 0 0; }
ul.plain { margin: 0; padding: 10px 14px 10px 30px; }
details > summary { cursor: pointer; padding: 8px 12px; font-size: 13px; color: var(--soft); }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 12px; }
@media (max-width: 640px) { main { padding: 20px 14px; } td, th { padding: 6px 8px; } h1 { font-size: 21px; } }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #f1f1f1;
    --red: #a11; --amber: #740; --green: #053; --blue: #124; --violet: #426;
  }
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  table, code, th, td.by, td.signed, .tag, .note, .span, .risks .where, footer { font-size: 10px; }
  h2 { break-after: avoid; margin-top: 18px; } .card { overflow: visible; } thead { display: table-header-group; }
  .tag, header, .risks li { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
