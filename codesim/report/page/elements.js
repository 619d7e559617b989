"use strict";

// Elements. What was scanned reaches the document as text nodes and attribute values only, never as markup.

/** Makes an HTML element. A child is a node, a text, or null for nothing. */
function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an SVG element likewise. */
function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

function button(text, action, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", action);
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

function counted(number, noun, nouns = `${noun}s`) {
  return `${grouped(number)} ${number === 1 ? noun : nouns}`;
}

// not by the reader's locale: the page's language is English
function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "codesim-theme";

/** Lets a button change between the system's theme, light and dark, and keeps the choice where that is allowed. */
function switchThemes(switcher) {
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    switcher.textContent = `Theme: ${theme}`;
  };
  show(THEMES.includes(stored()) ? stored() : "auto");
  switcher.addEventListener("click", () => {
    const theme = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    show(theme);
    try {
      localStorage.setItem(THEME_KEY, theme);
    } catch {
      // a page in a sandbox has no storage: the choice lasts as long as the page
    }
  });
}

function stored() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}
