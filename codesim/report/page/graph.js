// The dependence graph of a copy, drawn when it is asked for: statements as rows, control as a tree on the left, data
// and order as arcs on the right, each in its lane.

const LETTER_WIDTH = 7.25; // pixels, at the size of the style sheet
const SMALL_WIDTH = 6.1;
const [INDENT, PORT, LANE, PAD, HALF, GAP, BEND] = [20, 14, 11, 9, 12, 4, 5];
const MOST_DEPTH = 14;
const MOST_NAME = 22;
const PORT_ORDER = ["data", "control", "order"];
const EDGE_NOTES = { control: "decides whether it runs", data: "a definition and its uses", order: "effects that may not swap" };

/** Draws a graph from its rows and arcs (see page_graph.py). */
function drawGraph(graph, title) {
  const rows = graph.rows.map(([line, depth, parent, branch, repeats, keyword, text]) => {
    const pill = [branch, repeats ? "↻" : ""].filter(Boolean).join(" ");
    return { line, parent, pill, keyword, text, x: INDENT * Math.min(depth, MOST_DEPTH), into: new Map(), from: new Map() };
  });
  const arcs = graph.arcs.map(([source, targets, kind, name, carried, may, lane]) => {
    const key = `${kind} ${name}`;
    const port = { kind, name: name || kind, y: 0 };
    if (!rows[source].from.has(key)) rows[source].from.set(key, { ...port });
    for (const target of targets) if (!rows[target].into.has(key)) rows[target].into.set(key, { ...port });
    return { source, targets, kind, name, key, carried, may, lane };
  });
  const left = 34;
  const names = [...rows.flatMap((row) => [...row.into.values(), ...row.from.values()])].map((port) => cut(port.name).length);
  const widest = Math.max(...rows.map((row) => row.x + textStart(row) + LETTER_WIDTH * `${row.keyword} ${row.text}`.trim().length));
  const right = left + widest + 2 * PAD + (names.length ? SMALL_WIDTH * Math.max(...names) + 16 : 0);
  const height = placeRows(rows);
  const width = right + 20 + LANE * (1 + Math.max(-1, ...arcs.map((arc) => arc.lane)));
  const picture = shape(
    "svg",
    { class: "graph", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Program dependence graph of ${title}` },
    rows.map((row) => controlLine(rows, row, left)),
    arcs.map((arc) => arcLine(rows, arc, right)),
    rows.map((row) => card(row, left, right)),
  );
  const kinds = ["control", ...new Set(arcs.map((arc) => arc.kind).filter((kind) => kind !== "control"))];
  const notes = kinds.map((kind) => make("span", { class: `key ${kind}` }, `${kind}: ${EDGE_NOTES[kind]}`));
  if (arcs.some((arc) => arc.carried)) notes.push(make("span", {}, "dashed: by a round before"));
  if (arcs.some((arc) => arc.may)) notes.push(make("span", {}, "dotted: only perhaps"));
  if (graph.leftOut) notes.push(make("span", {}, `${counted(graph.leftOut, "arrow")} left out`));
  return make("div", {}, make("p", { class: "legend quiet" }, notes), make("div", { class: "scroll", tabindex: "0" }, picture));
}

/** Gives rows and their ports a height; what arrives stands above what starts. Returns where the last row ends. */
function placeRows(rows) {
  let top = 2;
  for (const row of rows) {
    row.top = top;
    let y = top + HALF;
    const arriving = [...row.into.values()].sort((a, b) => PORT_ORDER.indexOf(a.kind) - PORT_ORDER.indexOf(b.kind));
    const starting = [...row.from.values()].sort((a, b) => PORT_ORDER.indexOf(b.kind) - PORT_ORDER.indexOf(a.kind));
    [...arriving, ...starting].forEach((port, number) => (port.y = y += number ? PORT : 0));
    row.bottom = y + HALF;
    top = row.bottom + GAP;
  }
  return top;
}

function textStart(row) {
  return PAD + (row.pill ? row.pill.length * SMALL_WIDTH + 16 : 0);
}

function controlLine(rows, row, left) {
  if (row.parent < 0) return null;
  const parent = rows[row.parent];
  const [x, y] = [left + parent.x + 9, row.top + HALF];
  return shape("path", { class: "line control", d: `M${x} ${parent.bottom}V${y - BEND}Q${x} ${y} ${x + BEND} ${y}H${left + row.x}` });
}

function card(row, left, right) {
  const [x, base] = [left + row.x, row.top + HALF + 4];
  const small = (at, y, text, style) => shape("text", { class: `small ${style}`, x: at, y }, text);
  const ports = [...row.into.values()].map((port) => [port, `M${right + 1} ${port.y}l6 -3.5v7z`]);
  ports.push(...[...row.from.values()].map((port) => [port, `M${right - 3} ${port.y - 3}h6v6h-6z`]));
  return shape(
    "g",
    {},
    small(left - 8, base, row.line || "", "end"),
    shape("rect", { class: "card", x, y: row.top, width: right - x, height: row.bottom - row.top, rx: 4 }),
    row.pill ? shape("rect", { class: "pill", x: x + 5, y: row.top + 4, width: row.pill.length * SMALL_WIDTH + 10, height: 16, rx: 3 }) : null,
    row.pill ? small(x + 10, base, row.pill, "control") : null,
    shape("text", { x: x + textStart(row), y: base }, row.keyword ? shape("tspan", { class: "word" }, row.keyword) : null, row.keyword ? ` ${row.text}` : row.text),
    ports.map(([port, d]) => [shape("path", { class: `end ${port.kind}`, d }), small(right - 8, port.y + 4, cut(port.name), `end ${port.kind}`)]).flat(),
  );
}

/** From the source along the lane to the farthest targets, with a branch to each one on the way. */
function arcLine(rows, arc, right) {
  const x = right + 14 + LANE * arc.lane;
  const start = rows[arc.source].from.get(arc.key).y;
  const ends = arc.targets.map((target) => rows[target].into.get(arc.key).y);
  const [first, last] = [Math.min(start, ...ends), Math.max(start, ...ends)];
  const bend = (y, from) => (y < from ? BEND : -BEND); // towards where the lane comes from
  const branches = ends.map((y) => `M${x} ${y + bend(y, start)}Q${x} ${y} ${x - BEND} ${y}H${right + 7}`);
  const own = `M${right + 3} ${start}H${x - BEND}`;
  const lanes = [first, last]
    .filter((y) => y !== start)
    .map((y) => `${own}Q${x} ${start} ${x} ${start - bend(y, start)}V${y + bend(y, start)}`);
  const lines = arc.targets.map((target) => rows[target].line).join(", ");
  const marks = (arc.carried ? ", of an earlier round" : "") + (arc.may ? ", perhaps" : "");
  return shape(
    "g",
    { class: "arc" },
    shape("title", {}, `${arc.kind} ${arc.name}: line ${rows[arc.source].line} to ${lines}${marks}`),
    shape("path", { class: `line ${arc.kind}${arc.carried ? " carried" : ""}${arc.may ? " may" : ""}`, d: [...lanes, ...branches].join("") }),
  );
}

function cut(name) {
  return name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}…` : name;
}
