// Elements out of values: text of others is only ever text.

/// What each view is made of, by its name: from its arguments to elements.
const views = {};

const byID = (id) => document.getElementById(id);

/// h("p.note", {onclick}, "text", element): attributes and children; null, undefined and false are left out.
function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  put(made, attributes, children);
  return made;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  put(made, attributes, children);
  return made;
}

function put(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
}

/// Text of others: marks that turn its direction, and control characters, are shown as what they are.
function clean(text) {
  return String(text ?? "").replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069\uFEFF]/g,
    (mark) => "\u27E8U+" + mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27E9");
}

/// A name or a label, no longer than this.
function cut(text, most) {
  const whole = clean(text);
  return whole.length > most ? whole.slice(0, most) + "…" : whole;
}

/// A long text begins here, and the rest is there when asked for.
function words(name, text, most = 1500) {
  const whole = clean(text);
  const made = h(name, { dir: "auto" }, cut(text, most));
  if (whole.length <= most) return [made];
  const more = h("button.link", { type: "button", onclick: () => { made.textContent = whole; more.remove(); } },
    `Show all ${whole.length.toLocaleString("en")} characters`);
  return [made, more];
}

function choose(label, options, value, changed) {
  return h("select", { "aria-label": label, onchange: (event) => changed(event.target.value) },
    options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
}

function go(label, view, args, more) {
  return h("button.link", { type: "button", ...more, onclick: () => visit(view, args) }, label);
}

/// A name that may be as long as it likes: what has no room is in its title.
const agentName = (id) => h("span.agent", { title: clean(id) }, cut(id, 200));
