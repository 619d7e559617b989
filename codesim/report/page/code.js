// Code: two copies side by side with their differences marked, and one copy or helper alone.

const SIGNS = [
  ["", ""],
  ["~", "spelled otherwise"],
  ["≠", "differs"],
];
const ROW_STYLES = ["same", "respelled", "differs"];

/** Two copies in rows; long equal stretches are folded until they are asked for. `headings` name the columns. */
function sideBySide(pair, sources, starts, headings) {
  if (!pair.rows.length) return make("p", { class: "quiet" }, "No lines were aligned.");
  const rows = pair.rows.map(([mark, left, right]) => codeRow(mark, left, right, sources, starts));
  const body = make("tbody");
  let at = 0;
  for (const [from, to] of pair.folds) {
    body.append(...rows.slice(at, from), fold(rows.slice(from, to)));
    at = to;
  }
  body.append(...rows.slice(at));
  const head = headings.map((text) => make("th", { colspan: 2, scope: "col" }, make("code", {}, text)));
  const sign = make("th", { class: "sign" }, make("span", { class: "unseen" }, "sign"));
  const columns = ["line", "", "sign", "line", ""].map((style) => make("col", { class: style }));
  return make(
    "table",
    { class: "diff", dir: "ltr", translate: "no" },
    make("colgroup", {}, columns),
    make("thead", {}, make("tr", {}, head[0], sign, head[1])),
    body,
  );
}

function fold(rows) {
  const row = make("tr", { class: "fold" });
  const unfold = () => row.replaceWith(...rows);
  row.append(make("td", { colspan: 5 }, button(`Show ${counted(rows.length, "equal line")}`, unfold)));
  return row;
}

function codeRow(mark, left, right, sources, starts) {
  let [sign, meaning] = SIGNS[mark];
  if (!left) [sign, meaning] = [">", `only on the right ${meaning}`];
  else if (!right) [sign, meaning] = ["<", `only on the left ${meaning}`];
  return make(
    "tr",
    { class: ROW_STYLES[mark] },
    codeCells(left, sources[0], starts[0], "left"),
    make(
      "td",
      { class: "sign" },
      make("span", { "aria-hidden": "true" }, sign),
      meaning ? make("span", { class: "unseen" }, meaning.trim()) : null,
    ),
    codeCells(right, sources[1], starts[1], "right"),
  );
}

function codeCells(cell, source, start, side) {
  if (!cell) return [make("td", { class: `line ${side} none` }), make("td", { class: `code ${side} none` })];
  const [line, places = [], text = source[line - start]] = cell;
  const pieces = [];
  let done = 0;
  for (let k = 0; k < places.length; k += 2) {
    pieces.push(text.slice(done, places[k]), make("mark", {}, text.slice(places[k], places[k + 1])));
    done = places[k + 1];
  }
  pieces.push(text.slice(done));
  return [make("td", { class: `line ${side}` }, String(line)), make("td", { class: `code ${side}` }, pieces)];
}

/** Lines of code, numbered from `start` on; without a start they have no numbers. */
function listing(lines, start = null) {
  if (start === null) return make("pre", { class: "source", dir: "ltr", translate: "no" }, lines.join("\n"));
  const rows = lines.map((text, k) =>
    make("tr", {}, make("td", { class: "line" }, String(start + k)), make("td", { class: "code" }, text)),
  );
  return make("table", { class: "source", dir: "ltr", translate: "no" }, make("tbody", {}, rows));
}
