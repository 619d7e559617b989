// The list of candidates: filtered, sorted, and only as many rows in the document as can be seen.

const ROW_HEIGHT = 60; // pixels, as in the style sheet
const ROWS_AROUND = 8; // drawn above and below what can be seen
const FILTERS = ["text", "kind", "type", "gain", "merge", "folder"];
const TYPE_NAMES = { 1: "exact", 2: "renamed", 3: "near-miss", 4: "same behaviour" };
const MOST_FOLDERS = 1000; // offered while typing

const ORDERS = {
  rank: () => 0,
  saved: (a, b) => b.saved - a.saved,
  copies: (a, b) => b.copies.length - a.copies.length,
  score: (a, b) => b.score - a.score,
  place: (a, b) => a.copies[0][0] - b.copies[0][0] || a.copies[0][2] - b.copies[0][2],
};

class CandidateList {
  /** `choose(k)` is called when a reader opens candidate k, `move(k)` when it becomes the active one. */
  constructor(overview, choose, move) {
    this.candidates = overview.candidates;
    this.files = overview.files;
    this.choose = choose;
    this.move = move;
    this.box = byId("list");
    this.rows = byId("rows");
    this.active = 0; // place in the list
    this.texts = this.candidates.map((candidate) => {
      const copies = candidate.copies.map(([file, name, line]) => `${this.files[file]}:${line} ${name}`);
      return [candidate.id, ...copies].join("\n").toLowerCase();
    });
    byId("folders").append(...this.folders().map((folder) => make("option", { value: folder })));
    for (const id of [...FILTERS, "sort"]) byId(id).addEventListener("input", () => this.refresh());
    byId("clear").addEventListener("click", () => this.clear());
    this.box.addEventListener("scroll", () => requestAnimationFrame(() => this.draw()));
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose(Number(row.dataset.number));
    });
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.refresh();
  }

  /** Applies filter and order anew; the active candidate stays active if it is still there. */
  refresh() {
    const kept = this.shown && this.shown[this.active];
    const wanted = Object.fromEntries(FILTERS.map((id) => [id, byId(id).value]));
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    const numbers = this.candidates.map((_, number) => number);
    this.shown = numbers.filter((number) => this.isWanted(number, wanted, words));
    const order = ORDERS[byId("sort").value];
    // small gains stand last in every order, as they do in the ranking
    this.shown.sort((a, b) => {
      const [one, two] = [this.candidates[a], this.candidates[b]];
      return one.small - two.small || order(one, two) || a - b;
    });
    this.active = Math.max(0, this.shown.indexOf(kept));
    const isFiltered = FILTERS.some((id) => wanted[id]);
    const lines = this.shown.reduce((sum, number) => sum + Math.max(0, this.candidates[number].saved), 0);
    const all = isFiltered ? `${grouped(this.shown.length)} of ` : "";
    byId("count").textContent =
      `${all}${counted(this.candidates.length, "candidate")}, ${counted(lines, "line")} to save`;
    byId("clear").hidden = !isFiltered;
    this.rows.style.height = `${this.shown.length * ROW_HEIGHT}px`;
    this.reveal();
    this.draw();
  }

  isWanted(number, wanted, words) {
    const candidate = this.candidates[number];
    return (
      (!wanted.kind || candidate.kind === wanted.kind) &&
      (!wanted.type || candidate.type === Number(wanted.type)) &&
      (!wanted.gain || candidate.small === (wanted.gain === "small")) &&
      (!wanted.merge || candidate.extractable === (wanted.merge === "helper")) &&
      (!wanted.folder || candidate.copies.some(([file]) => isBelow(this.files[file], wanted.folder))) &&
      words.every((word) => this.texts[number].includes(word))
    );
  }

  clear() {
    for (const id of FILTERS) byId(id).value = "";
    this.refresh();
  }

  /** Shows only what has a copy in a folder or file. */
  limitTo(path) {
    byId("folder").value = path;
    this.refresh();
  }

  /** Makes a candidate the active one; one that the filter hides changes nothing. */
  activate(number) {
    const place = this.shown.indexOf(number);
    if (place < 0) return;
    this.active = place;
    this.reveal();
    this.draw();
  }

  /** Makes the candidate some places further on the active one. */
  step(by) {
    if (!this.shown.length) return;
    this.active = Math.min(Math.max(this.active + by, 0), this.shown.length - 1);
    this.reveal();
    this.draw();
    this.move(this.shown[this.active]);
  }

  current() {
    return this.shown.length ? this.shown[this.active] : null;
  }

  pageSize() {
    return Math.max(1, Math.floor(this.box.clientHeight / ROW_HEIGHT) - 1);
  }

  reveal() {
    const top = this.active * ROW_HEIGHT;
    const room = this.box.clientHeight - ROW_HEIGHT;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top > this.box.scrollTop + room) this.box.scrollTop = top - room;
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - ROWS_AROUND);
    const seen = Math.ceil(this.box.clientHeight / ROW_HEIGHT) + 2 * ROWS_AROUND;
    const places = this.shown.slice(first, first + seen).map((_, place) => first + place);
    this.rows.replaceChildren(...places.map((place) => this.row(place)));
    if (!this.shown.length) this.rows.append(make("p", { class: "quiet none" }, "Nothing fits the filter."));
    const active = this.shown.length ? `row-${this.shown[this.active]}` : null;
    if (active && byId(active)) this.box.setAttribute("aria-activedescendant", active);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(place) {
    const number = this.shown[place];
    const candidate = this.candidates[number];
    const [file, name, line] = candidate.copies[0];
    const row = make(
      "div",
      {
        role: "option",
        id: `row-${number}`,
        class: candidate.small ? "small" : null,
        "data-number": number,
        "aria-selected": String(place === this.active),
        "aria-posinset": place + 1,
        "aria-setsize": this.shown.length,
      },
      make("span", { class: "rank" }, String(number + 1)),
      make("code", { class: "name" }, name),
      make("span", { class: "saved" }, candidate.saved > 0 ? `−${grouped(candidate.saved)}` : "0"),
      make("code", { class: "place" }, make("bdi", {}, `${this.files[file]}:${line}`)),
      make("span", { class: "facts" }, ...facts(candidate).map(([text, style]) => make("span", { class: style }, text))),
    );
    row.style.transform = `translateY(${place * ROW_HEIGHT}px)`;
    return row;
  }

  folders() {
    const found = new Set();
    for (const candidate of this.candidates) {
      for (const [file] of candidate.copies) {
        const parts = this.files[file].split("/");
        for (let depth = 1; depth < parts.length; depth++) found.add(parts.slice(0, depth).join("/") + "/");
      }
    }
    return [...found].sort().slice(0, MOST_FOLDERS);
  }
}

function isBelow(path, folder) {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** The facts of a candidate that a reader sorts by eye, each with its style. */
function facts(candidate) {
  const kinds = { function: null, block: ["block", ""], tests: ["tests", ""] };
  return [
    candidate.small ? ["small gain", "caution"] : null,
    candidate.extractable ? null : ["by hand", "caution"],
    kinds[candidate.kind],
    [TYPE_NAMES[candidate.type], ""],
    [counted(candidate.copies.length, "copy", "copies"), ""],
  ].filter(Boolean);
}
