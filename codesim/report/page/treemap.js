// The treemap: files by the lines that merging would remove from them, side by side within their folders.
// Source: Bruls, Huizing, van Wijk, Squarified Treemaps, 2000.

const TREEMAP_HEIGHT = 340;
const HEADING = 18; // pixels above the files of a folder
const LETTER = 6.7; // pixels, of the labels
const SHARES = [0.02, 0.05, 0.1, 0.2]; // of a file's lines: from each on, the next darker shade

/** Draws the treemap; `choose(path)` is called for the file or folder that a reader picks. */
function drawTreemap(overview, choose) {
  const tip = make("div", { class: "tip", hidden: true });
  const picture = shape("svg", { role: "group", "aria-label": "Files by removable lines; arrow keys move, Enter filters" });
  const element = make("div", { class: "treemap chart" }, picture, tip);
  const groups = inFolders(overview);

  const redraw = () => {
    const width = element.clientWidth;
    if (!width) return;
    picture.setAttribute("viewBox", `0 0 ${width} ${TREEMAP_HEIGHT}`);
    picture.setAttribute("height", TREEMAP_HEIGHT);
    const tiles = [];
    for (const [group, x, y, w, h] of squarified(groups, 0, 0, width, TREEMAP_HEIGHT)) {
      const heading = w > 60 && h > 3 * HEADING ? HEADING : 0;
      if (heading) tiles.push(shape("text", { class: "folder", x: x + 5, y: y + 13 }, fitting(group.name, w - 10)));
      for (const [file, ...box] of squarified(group.files, x, y + heading, w, h - heading)) {
        tiles.push(tile(file, box));
      }
    }
    picture.replaceChildren(...tiles);
    picture.querySelector(".tile")?.setAttribute("tabindex", "0");
  };
  const tile = (file, [x, y, w, h]) => {
    const base = file.path.slice(file.path.lastIndexOf("/") + 1);
    const isRoomy = w > 34 && h > 16;
    const drawn = shape(
      "g",
      { class: `tile share-${shade(file)}`, role: "button", tabindex: "-1", "aria-label": told(file) },
      shape("rect", { x: x + 1, y: y + 1, width: Math.max(w - 2, 0.5), height: Math.max(h - 2, 0.5), rx: 3 }),
      isRoomy ? shape("text", { x: x + 6, y: y + 15 }, fitting(base, w - 10)) : null,
      isRoomy && h > 32 ? shape("text", { class: "figure", x: x + 6, y: y + 29 }, fitting(lost(file), w - 10)) : null,
    );
    drawn.addEventListener("pointermove", (event) => {
      tip.hidden = false;
      tip.replaceChildren(make("code", {}, file.path), make("span", {}, toldBriefly(file)));
      place(tip, event, element);
    });
    drawn.addEventListener("click", () => choose(file.path));
    drawn.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(file.path);
      }
    });
    return drawn;
  };
  picture.addEventListener("pointerleave", () => (tip.hidden = true));
  // one stop for the Tab key; the arrow keys move within
  picture.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const tiles = [...picture.querySelectorAll(".tile")];
    const next = tiles[tiles.indexOf(document.activeElement) + by];
    if (!by || !next) return;
    event.preventDefault();
    document.activeElement.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
  new ResizeObserver(redraw).observe(element);
  return element;
}

/** The files in their folders, to the depth at which the code base branches first; the largest first. */
function inFolders(overview) {
  const files = overview.treemap.map(([file, size, lines]) => ({ path: overview.files[file], size, lines }));
  const depth = sharedDepth(files.map((file) => file.path.split("/").slice(0, -1)));
  const groups = new Map();
  for (const file of files) {
    const name = file.path.split("/").slice(0, -1).slice(0, depth + 1).join("/") || ".";
    if (!groups.has(name)) groups.set(name, { name, files: [], size: 0 });
    groups.get(name).files.push(file);
    groups.get(name).size += file.size;
  }
  return [...groups.values()].sort((a, b) => b.size - a.size);
}

function sharedDepth(folders) {
  let depth = 0;
  while (folders.length && folders.every((parts) => parts.length > depth && parts[depth] === folders[0][depth])) depth++;
  return depth;
}

/** Places items, largest first, in a rectangle: [item, x, y, width, height] each. */
function squarified(items, x, y, width, height) {
  const out = [];
  let left = items.reduce((sum, item) => sum + item.size, 0);
  let rest = items;
  while (rest.length) {
    const isWide = width >= height;
    const side = isWide ? height : width;
    const scale = left > 0 ? (width * height) / left : 0; // pixels of area for each line
    let count = 1;
    while (count < rest.length && worst(rest.slice(0, count + 1), scale, side) <= worst(rest.slice(0, count), scale, side)) {
      count++;
    }
    const strip = rest.slice(0, count);
    const size = strip.reduce((sum, item) => sum + item.size, 0);
    const depth = side > 0 ? (size * scale) / side : 0;
    let at = isWide ? y : x;
    for (const item of strip) {
      const length = size > 0 ? (side * item.size) / size : 0;
      out.push(isWide ? [item, x, at, depth, length] : [item, at, y, length, depth]);
      at += length;
    }
    if (isWide) [x, width] = [x + depth, width - depth];
    else [y, height] = [y + depth, height - depth];
    left -= size;
    rest = rest.slice(count);
  }
  return out;
}

/** The worst proportion of a strip's items; 1 is a square. */
function worst(strip, scale, side) {
  const sizes = strip.map((item) => item.size * scale);
  const sum = sizes.reduce((total, size) => total + size, 0);
  return Math.max(...sizes.map((size) => Math.max((side * side * size) / (sum * sum), (sum * sum) / (side * side * size))));
}

function shade(file) {
  return SHARES.filter((share) => file.lines && file.size / file.lines >= share).length;
}

function lost(file) {
  return `−${file.size < 10 ? file.size : grouped(Math.round(file.size))}`;
}

function toldBriefly(file) {
  const of = file.lines ? ` of ${grouped(file.lines)}, ${Math.round((100 * file.size) / file.lines)}%` : "";
  return `${lost(file).slice(1)} removable lines${of}`;
}

function told(file) {
  return `${file.path}: ${toldBriefly(file)}`;
}

function fitting(text, width) {
  const letters = Math.floor(width / LETTER);
  return text.length <= letters ? text : letters > 2 ? `${text.slice(0, letters - 1)}…` : "";
}
