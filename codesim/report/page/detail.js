// One candidate: what it is, where it stands, its code, what differs, what to do, and why it stands where it stands.

const COMPARED_AT_ONCE = 1; // the copy beside the first one when a candidate is opened

/** Draws candidate k from its row of the overview and its detail. */
function drawDetail(k, overview, detail) {
  const candidate = overview.candidates[k];
  const places = candidate.copies.map(([file, , line]) => `${overview.files[file]}:${line}`);
  const copies = candidate.copies.length;
  return make(
    "article",
    { class: "candidate", "aria-labelledby": "candidate-title" },
    make(
      "h2",
      { id: "candidate-title", tabindex: "-1" },
      make("span", { class: "quiet" }, `${k + 1}. `),
      make("code", {}, candidate.copies[0][1]),
      make("span", { class: "quiet" }, ` and ${counted(copies - 1, "copy", "copies")}`),
    ),
    badges(candidate, detail),
    make("p", { class: "advice" }, detail.advice),
    ...comparison(candidate, detail, places),
    ...differences(detail),
    ...remedy(detail),
    ...reasons(candidate, detail),
    make("p", { class: "quiet" }, "Link to this candidate: ", make("a", { href: `#${candidate.id}` }, `#${candidate.id}`)),
  );
}

function badges(candidate, detail) {
  const texts = [
    candidate.extractable ? ["can be merged", "good"] : ["cannot be merged as it stands", "caution"],
    [detail.saving, candidate.saved > 0 ? "good" : ""],
    candidate.small ? ["small gain", "caution"] : null,
    [detail.type, ""],
    [`closeness ${candidate.closeness.toFixed(2)}`, ""],
    [`score ${candidate.score.toFixed(2)}`, ""],
    [`similarity ${candidate.similarity.toFixed(2)}`, ""],
    [candidate.kind, ""],
  ];
  const items = texts.filter(Boolean).map(([text, style]) => make("li", { class: style }, text));
  return make("ul", { class: "badges" }, items);
}

/** The copies, of which one is compared with the first, and their graphs. */
function comparison(candidate, detail, places) {
  const code = make("div");
  const graph = make("div");
  const starts = candidate.copies.map(([, , line]) => line);
  const choosers = candidate.copies.map((_, other) => {
    const isKnown = other > 0 && other < detail.sources.length;
    return isKnown && candidate.copies.length > 2 ? button("compare", () => show(other)) : null;
  });
  const show = (other) => {
    choosers.forEach((chooser, number) => chooser && chooser.setAttribute("aria-pressed", String(number === other)));
    const pair = detail.pairs[other - 1];
    const headings = [places[0], places[other]];
    // a report that was read back has rows for one pair only
    code.replaceChildren(
      pair
        ? sideBySide(pair, [detail.sources[0], detail.sources[other]], [starts[0], starts[other]], headings)
        : listing(detail.sources[other], starts[other]),
    );
  };
  const drawers = candidate.copies.map(([, name], number) => {
    const drawn = detail.graphs[number];
    return drawn ? button("graph", () => toggleGraph(number, () => drawGraph(drawn, name))) : null;
  });
  const toggleGraph = (number, drawn) => {
    const isOpen = drawers[number].getAttribute("aria-pressed") === "true";
    drawers.forEach((drawer) => drawer && drawer.setAttribute("aria-pressed", "false"));
    drawers[number].setAttribute("aria-pressed", String(!isOpen));
    const heading = make("h3", {}, "Dependence graph of ", make("code", {}, places[number]));
    graph.replaceChildren(...(isOpen ? [] : [heading, drawn()]));
  };
  const items = candidate.copies.map(([, name, first, last], number) => {
    const within = candidate.kind === "block" ? `, lines ${first}-${last}` : "";
    return make(
      "li",
      {},
      make("code", {}, places[number]),
      " ",
      make("code", { class: "quiet" }, name + within),
      ...[choosers[number], drawers[number]].filter(Boolean).flatMap((chooser) => [" ", chooser]),
    );
  });
  const unknown = candidate.copies.length - detail.sources.length;
  show(COMPARED_AT_ONCE);
  return [
    make("h3", {}, "Where"),
    make("ol", { class: "copies" }, items),
    unknown > 0 ? make("p", { class: "quiet" }, `The code of the last ${unknown} is not in the page.`) : null,
    graph,
    make("h3", {}, "Side by side"),
    signs(),
    code,
  ];
}

function signs() {
  return make(
    "p",
    { class: "legend quiet" },
    make("span", {}, make("b", {}, "≠ "), make("mark", { class: "differs" }, "differs"), " matters when merging"),
    make("span", {}, make("b", {}, "~ "), make("mark", { class: "respelled" }, "spelled otherwise"), " the same to codesim"),
    make("span", {}, make("b", {}, "< > "), "only on that side"),
  );
}

function differences(detail) {
  if (!detail.differences.length) return [];
  const text = (shown) =>
    shown.trim() ? make("code", { class: "piece" }, shown) : make("em", { class: "quiet" }, "nothing");
  const rows = detail.differences.map(([kind, texts, places]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, kind),
      make("td", {}, text(texts[0]), ...texts.slice(1).flatMap((other, k) => [k ? " or " : " → ", text(other)])),
      make("td", { class: "quiet" }, make("code", {}, places.join(", "))),
    ),
  );
  return [make("h3", {}, "What differs"), make("table", { class: "facts" }, make("tbody", {}, rows))];
}

function remedy(detail) {
  const parts = [make("h3", {}, "Proposed helper")];
  if (detail.helper) {
    const { signature, added, lines } = detail.helper;
    parts.push(make("p", {}, make("code", {}, signature), make("span", { class: "quiet" }, ` (${added})`)));
    if (lines.length) parts.push(listing(lines));
    else parts.push(make("p", { class: "quiet" }, "Its text could not be written down exactly."));
  } else {
    parts.push(make("p", { class: "quiet" }, "No helper is proposed."));
  }
  return parts;
}

function reasons(candidate, detail) {
  const parts = [make("h3", {}, "Why")];
  const list = detail.reasons.map((reason) => make("li", {}, reason));
  parts.push(make("p", {}, `This ${detail.verdict}`), list.length ? make("ul", {}, list) : null);
  if (detail.typeReason) parts.push(make("p", {}, `Clone type: ${detail.type}, ${detail.typeReason}.`));
  if (detail.rank.length) {
    const rows = detail.rank.map(([name, value, note]) => [name, value.toFixed(2), note]);
    rows.push(["value", candidate.value.toFixed(2), "the product, which the ranking goes by"]);
    parts.push(folded("Rank", figures(rows)));
  }
  if (detail.score) {
    const rows = detail.score.map(([name, value, weight, adds]) => [name, adds.toFixed(2), `${value} × ${weight}`]);
    const logit = detail.score.reduce((sum, part) => sum + part[3], 0);
    rows.push(["logit", logit.toFixed(2), `so the score is ${candidate.score.toFixed(2)}`]);
    parts.push(folded("Score", figures(rows)));
  }
  return parts;
}

function figures(rows) {
  const items = rows.map(([name, value, note]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      make("td", { class: "number" }, value),
      make("td", { class: "quiet" }, note),
    ),
  );
  return make("table", { class: "facts" }, make("tbody", {}, items));
}

function folded(title, content) {
  return make("details", {}, make("summary", {}, title), content);
}
