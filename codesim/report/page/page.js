// The page: an overview, or the candidate that the address names; and the keys.

function start() {
  const overview = JSON.parse(byId("overview-data").textContent);
  const numbers = new Map();
  overview.candidates.forEach((candidate, k) => numbers.has(candidate.id) || numbers.set(candidate.id, k));
  const main = byId("main");
  let details = null; // one line of JSON for each candidate: of thousands only those that are opened are parsed
  let chart = null; // the map, while the overview is shown
  let opened = null;
  let isEntered = false; // by the Enter key, which takes the reader along

  const open = (k) => (location.hash = overview.candidates[k].id);
  const enter = (k) => {
    isEntered = true;
    if (opened === k) show();
    else open(k);
  };
  const list = new CandidateList(overview, open, (k) => {
    if (opened === null) chart?.mark(k);
    else replaceAddress(overview.candidates[k].id);
  });

  const replaceAddress = (id) => {
    // each step through the list would else be a step of the browser's way back
    history.replaceState(null, "", `#${id}`);
    show();
  };
  const show = () => {
    const k = numbers.get(location.hash.slice(1));
    opened = k === undefined ? null : k;
    document.body.classList.toggle("opened", opened !== null);
    if (opened === null) {
      chart = overview.map && overview.map.points.length ? drawMap(overview, open) : null;
      main.replaceChildren(drawOverview(overview, list, chart));
    } else {
      details ??= byId("details-data").textContent.split("\n");
      main.replaceChildren(ways(list), drawDetail(k, overview, JSON.parse(details[k])));
      list.activate(k);
      if (isEntered) byId("candidate-title").focus();
    }
    isEntered = false;
    main.scrollTop = 0;
  };
  addEventListener("hashchange", show);
  document.addEventListener("keydown", (event) => onKey(event, list, enter));
  byId("sentence").textContent = overview.sentence;
  switchThemes(byId("theme"));
  show();
}

/** The ways from an open candidate. */
function ways(list) {
  const go = (by) => {
    list.step(by);
    // the button that was pressed went with the page's old content
    byId(by > 0 ? "next" : "previous").focus();
  };
  return make(
    "nav",
    { class: "ways", "aria-label": "Candidates" },
    make("a", { href: "#" }, "← Overview"),
    button("Previous", () => go(-1), { id: "previous" }),
    button("Next", () => go(1), { id: "next" }),
  );
}

function drawOverview(overview, list, chart) {
  const figures = overview.figures.map(([number, name]) => make("li", {}, make("b", {}, grouped(number)), name));
  const parts = [make("ul", { class: "figures", "aria-label": "Summary" }, figures)];
  if (overview.nothing) parts.push(make("p", {}, overview.nothing));
  if (chart) {
    const key = make(
      "p",
      { class: "legend quiet" },
      make("span", { class: "key clear" }, "candidate"),
      overview.candidates.some((candidate) => candidate.small) ? make("span", { class: "key small" }, "small gain") : null,
      make("span", { class: "key other" }, "other function"),
      make("span", {}, `Near is alike; copies are joined. ${chart.note}.`),
    );
    parts.push(make("h2", {}, "Map of the code base"), key, chart.element);
  }
  if (overview.treemap.length) {
    const shades = [0, 1, 2, 3, 4].map((share) => make("i", { class: `share-${share}` }));
    const key = make(
      "p",
      { class: "legend quiet" },
      make("span", {}, "Size: lines that merging removes"),
      overview.map ? make("span", { class: "shades" }, "share of the file: less ", shades, " more") : null,
    );
    parts.push(make("h2", {}, "Files by removable lines"), key, drawTreemap(overview, (path) => list.limitTo(path)));
  }
  if (overview.skipped.length) {
    const items = overview.skipped.map(([path, reason]) => make("li", {}, make("code", {}, path), `: ${reason}`));
    const summary = `${counted(items.length, "file")} skipped: clones in them, if any, are not in this report`;
    parts.push(folded(summary, make("ul", {}, items)));
  }
  if (overview.timings) parts.push(make("p", { class: "quiet" }, `Time: ${overview.timings}`));
  parts.push(make("p", { class: "quiet" }, overview.tool));
  return make("section", { class: "overview", "aria-label": "Overview" }, parts);
}

function onKey(event, list, enter) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input, select");
  const isInList = event.target === list.box;
  if (event.key === "Escape") {
    if (field && field.value && field.id !== "sort") {
      field.value = "";
      list.refresh();
    } else {
      if (!field) location.hash = "";
      list.box.focus();
    }
  } else if (field && !(field.id === "text" && ["Enter", "ArrowDown"].includes(event.key))) {
    return;
  } else if (event.key === "/") {
    byId("text").focus();
    byId("text").select();
  } else if (event.key === "Enter") {
    if (!isInList && !field) return; // a button or link has its own way
    if (list.current() !== null) enter(list.current());
  } else {
    const page = list.pageSize();
    const end = list.candidates.length;
    const inList = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -end, End: end };
    const by = { j: 1, k: -1 }[event.key] ?? (isInList || field ? inList[event.key] : undefined);
    if (by === undefined) return;
    list.step(by);
    list.box.focus();
  }
  event.preventDefault();
}

start();
