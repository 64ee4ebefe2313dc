"""How a page looks: on a screen in the light and in the dark, on a narrow one, and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #f5f6f8; --card: #fff; --ink: #1b222c; --soft: #566172; --line: #dde2ea; --code: #eef1f5;
  --red: #b3261e; --red-soft: #fdeceb; --amber: #855000; --amber-soft: #fff3dc; --green: #1a6b3c; --green-soft: #e6f5ec;
  --blue: #1f56a8; --blue-soft: #e8f0fb; --violet: #6a3aa5; --violet-soft: #f2eafb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1a2028; --ink: #e4e8ee; --soft: #9aa6b6; --line: #2d3642; --code: #262f3b;
    --red: #ff9c94; --red-soft: #3b1e1d; --amber: #f2c069; --amber-soft: #372a12; --green: #7fd6a0; --green-soft: #15301f;
    --blue: #8fbcff; --blue-soft: #17293f; --violet: #c9a6ff; --violet-soft: #2a1f3b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Helvetica, Arial, sans-serif;
}
main { max-width: 860px; margin: 0 auto; padding: 36px 24px 56px; }
header { border-left: 5px solid var(--green); padding: 2px 0 2px 18px; margin: 0 0 28px; }
header.error { border-color: var(--red); }
header.warning { border-color: var(--amber); }
.kicker { color: var(--soft); font-size: 13px; margin: 0 0 6px; }
h1 { margin: 0; font-size: 20px; line-height: 1.45; font-weight: 600; letter-spacing: -.005em; text-wrap: pretty; }
h1 code { font-size: .93em; padding: 0; background: none; }
.verdict { margin: 8px 0 0; font-weight: 600; color: var(--green); }
.error .verdict { color: var(--red); } .warning .verdict { color: var(--amber); }
h2 { margin: 32px 0 10px; font-size: 16px; line-height: 1.45; font-weight: 600; text-wrap: pretty; }
h2 code { font-size: 14.5px; }
p { margin: 6px 0; }
code {
  font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--code); border-radius: 4px; padding: 1px 5px; overflow-wrap: anywhere; unicode-bidi: isolate;
  white-space: pre-wrap;
}
.act {
  background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 8px;
  padding: 14px 18px; margin: 0 0 12px; break-inside: avoid;
}
.act.error { border-left-color: var(--red); }
.act.warning { border-left-color: var(--amber); }
.act.quiet { border-left-width: 1px; }
.act h2 { margin: 0; }
.act .by, .note, footer, .where { color: var(--soft); font-size: 13px; }
.act .by { margin: 4px 0 0; }
.by code, .where code { padding: 0; background: none; font-size: 12.5px; }
.tag {
  display: inline-block; border-radius: 99px; padding: 0 9px; font-size: 12px; line-height: 1.65; font-weight: 600;
  white-space: nowrap; background: var(--code); color: var(--soft); vertical-align: 1px;
}
.tag.error { background: var(--red-soft); color: var(--red); }
.tag.warning, .tag.resealed, .tag.passed { background: var(--amber-soft); color: var(--amber); }
.tag.added { background: var(--green-soft); color: var(--green); }
.tag.changed, .tag.note { background: var(--blue-soft); color: var(--blue); }
.tag.moved { background: var(--violet-soft); color: var(--violet); }
ul.findings, ul.quiet { margin: 10px 0 0; padding: 0; list-style: none; }
ul.findings li { padding: 7px 0; border-top: 1px solid var(--line); font-size: 14px; }
ul.quiet { margin: 0; }
ul.quiet li { padding: 6px 0; border-top: 1px solid var(--line); }
ul.quiet li:first-child { border-top: 0; }
.do { color: var(--soft); font-size: 13px; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--soft); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
.part { border-left: 3px solid var(--line); padding: 2px 0 2px 14px; margin: 12px 0 0; }
.part.error { border-left-color: var(--red); }
.part.warning { border-left-color: var(--amber); }
.part p { margin: 0; }
details { margin: 10px 0 0; }
.quiet details { margin: 0; }
summary { cursor: pointer; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
summary:hover { color: var(--ink); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
.scroll { overflow-x: auto; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th {
  text-align: left; color: var(--soft); font-size: 12px; font-weight: 600;
  border-bottom: 1px solid var(--line); padding: 8px 14px 8px 0;
}
td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.matrix th, .matrix td { padding-left: 14px; }
.matrix th code { background: none; padding: 0; }
.matrix tbody th code { white-space: nowrap; overflow-wrap: normal; }
.matrix tbody th { font-size: 13px; color: var(--ink); white-space: nowrap; }
tr:last-child > * { border-bottom: 0; }
tr { break-inside: avoid; }
.before, .same { color: var(--soft); }
.after { font-weight: 600; color: var(--amber); }
.after.lost { color: var(--soft); }
.values { margin: 6px 0 0; display: grid; grid-template-columns: auto 1fr; gap: 4px 8px; font-size: 13px; }
.values dt { color: var(--soft); } .values dd { margin: 0; }
.problem { color: var(--amber); font-size: 13px; margin: 4px 0 0; }
.rules dl { margin: 0; font-size: 13px; color: var(--soft); }
.rules dt { margin: 8px 0 0; color: var(--ink); }
.rules dt code { background: none; padding: 0; }
.rules dt:target code { background: var(--amber-soft); padding: 1px 5px; }
.rules dd { margin: 0; }
footer { margin-top: 36px; border-top: 1px solid var(--line); padding-top: 12px; overflow-wrap: anywhere; }
footer code { padding: 0; background: none; }
@media (max-width: 560px) {
  main { padding: 20px 14px 40px; }
  header { padding-left: 12px; margin-bottom: 20px; }
  h1 { font-size: 18px; }
  .act { padding: 12px 14px; } .matrix th, .matrix td { padding-left: 10px; padding-right: 6px; }
  h2 { font-size: 15px; } h2 code { font-size: 13.5px; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #f1f1f1;
    --red: #a11; --amber: #740; --green: #053; --blue: #124; --violet: #426;
  }
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 15px; } h2 { font-size: 12px; break-after: avoid; margin-top: 18px; }
  table, code, th, td, .tag, .note, .by, .where, .do, summary, ul.findings li, footer { font-size: 10px; }
  .card, .scroll { overflow: visible; } thead { display: table-header-group; }
  .tag, header, .act { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
