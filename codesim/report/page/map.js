// The map of the code base: fragments as points, the copies of a candidate joined. What is near is written alike.

const REACH = 14; // pixels from a point within which the pointer means it
const PREFERRED = 2.5; // how much farther a point with a candidate may be than one without

/** Draws the map. Returns its element, and `mark(k)`, which shows candidate k on it (null: none). */
function drawMap(overview, open) {
  const { side, points, classes, leftOut } = overview.map;
  const owner = new Map();
  classes.forEach((members, k) => members.forEach((point) => owner.has(point) || owner.set(point, k)));
  const isSmall = (point) => overview.candidates[owner.get(point)].small;
  const all = points.map((_, point) => point);
  const owned = all.filter((point) => owner.has(point));
  const dots = (chosen) => chosen.map((point) => `M${points[point][3]} ${points[point][4]}h.01`).join("");
  const joined = (members) =>
    members.slice(1).map((point) => `M${at(members[0])}L${at(point)}`).join("");
  const at = (point) => `${points[point][3]} ${points[point][4]}`;
  const lines = (wanted) => classes.filter((_, k) => overview.candidates[k].small === wanted).map(joined).join("");

  const marked = shape("g", { class: "marked" });
  const label = `Map of ${counted(points.length, "fragment")}; the copies of each candidate are joined. The list holds the same.`;
  // each set of dots is one path, so that twenty thousand are drawn at once
  const picture = shape(
    "svg",
    { viewBox: `0 0 ${side} ${side}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    shape("path", { class: "dots other", d: dots(all.filter((point) => !owner.has(point))) }),
    shape("path", { class: "links small", d: lines(true) }),
    shape("path", { class: "links", d: lines(false) }),
    shape("path", { class: "dots small", d: dots(owned.filter(isSmall)) }),
    shape("path", { class: "dots", d: dots(owned.filter((point) => !isSmall(point))) }),
    marked,
  );
  const tip = make("div", { class: "tip", hidden: true });
  const element = make("div", { class: "map chart" }, picture, tip);

  const nearest = (event) => {
    const box = picture.getBoundingClientRect();
    let best = null;
    let least = REACH;
    for (const point of all) {
      const dx = (points[point][3] / side) * box.width - (event.clientX - box.left);
      const dy = (points[point][4] / side) * box.height - (event.clientY - box.top);
      const distance = Math.hypot(dx, dy) / (owner.has(point) ? PREFERRED : 1);
      if (distance < least) [best, least] = [point, distance];
    }
    return best;
  };
  const mark = (k) => {
    const members = k === null ? [] : classes[k];
    marked.replaceChildren(
      shape("path", { class: "links", d: joined(members) }),
      shape("path", { class: "dots", d: dots(members) }),
    );
  };
  let standing = null; // what is marked while the pointer is elsewhere
  picture.addEventListener("pointermove", (event) => {
    const point = nearest(event);
    const k = point !== null && owner.has(point) ? owner.get(point) : null;
    picture.classList.toggle("open", k !== null);
    mark(k === null ? standing : k);
    tip.hidden = point === null;
    if (point === null) return;
    const [file, name, line] = points[point];
    tip.replaceChildren(
      make("code", {}, name),
      make("code", { class: "quiet" }, `${overview.files[file]}:${line}`),
      ...(k === null ? [] : [make("span", {}, `candidate ${k + 1}: ${summed(overview.candidates[k])}`)]),
    );
    place(tip, event, element);
  });
  picture.addEventListener("pointerleave", () => {
    tip.hidden = true;
    mark(standing);
  });
  picture.addEventListener("click", (event) => {
    const point = nearest(event);
    if (point !== null && owner.has(point)) open(owner.get(point));
  });
  const note = leftOut ? `, ${grouped(leftOut)} more left out evenly` : "";
  return {
    element,
    note: `${counted(points.length, "fragment")}${note}`,
    mark: (k) => {
      standing = k;
      mark(k);
    },
  };
}

function summed(candidate) {
  const saving = candidate.saved > 0 ? `saves ${counted(candidate.saved, "line")}` : "saves no lines";
  return `${counted(candidate.copies.length, "copy", "copies")}, ${saving}`;
}

/** Puts a tip beside the pointer, inside its chart. */
function place(tip, event, chart) {
  const box = chart.getBoundingClientRect();
  const x = event.clientX - box.left;
  const y = event.clientY - box.top;
  tip.style.left = `${Math.max(0, Math.min(x + 14, box.width - tip.offsetWidth))}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > box.height ? y - tip.offsetHeight - 8 : y + 18}px`;
}
