// Which view is shown, the keyboard, and the way in and out. What is looked at stands in no address: no customer's name
// stays in the browser's history.

let current = { view: "today", args: {} };
let turn = 0;

function title(text, line, back) {
  document.title = `${text} · Memtrace`;
  return h("div.head", {}, back && h("p.crumb", {}, back), h("h1", {}, text), line && h("p", {}, line));
}

function badges(reviews, open) {
  for (const [name, number] of [["reviews", reviews], ["open", open]]) {
    if (number === null) continue;
    byID(`count-${name}`).textContent = number > 999 ? "999+" : String(number);
    byID(`count-${name}`).hidden = number === 0;
  }
}

function visit(view, args = {}, replaces = false) {
  current = { view, args };
  byID("toast").replaceChildren();
  history[replaces ? "replaceState" : "pushState"](current, "");
  return show(true);
}

async function show(isNew) {
  const mine = ++turn;
  const { view, args } = current;
  for (const button of document.querySelectorAll("nav [data-go]")) {
    if (button.dataset.go === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  const main = byID("main");
  main.setAttribute("aria-busy", "true");
  let parts;
  try {
    parts = await views[view](args);
  } catch (error) {
    parts = [title("That did not work"), h("p.error", { role: "alert" }, clean(error.message))];
  }
  if (mine !== turn || !parts) return;
  const focus = document.activeElement?.closest?.("[data-focus]")?.dataset.focus;
  const [x, y] = [scrollX, scrollY];
  main.replaceChildren(...parts.flat(2).filter(Boolean));
  tellApart(main);
  main.removeAttribute("aria-busy");
  const asked = args.record && main.querySelector(`[data-id="${CSS.escape(args.record)}"]`);
  asked?.setAttribute("aria-current", "true");
  if (isNew) {
    scrollTo(0, 0);
    (asked || main).focus({ preventScroll: true });
    asked?.scrollIntoView({ block: "center" });
  } else {
    scrollTo(x, y);
    if (focus) (main.querySelector(`[data-focus="${CSS.escape(focus)}"]`) || main).focus({ preventScroll: true });
  }
}

/// Once more, with what is there now; not under somebody who is writing.
function renew() {
  if (byID("bar").hidden) return;
  if (document.querySelector("dialog[open]") || byID("main").querySelector("select:focus, details[open]:focus-within")) return;
  return show(false);
}

addEventListener("popstate", (event) => {
  if (byID("bar").hidden || !event.state) return;
  current = event.state;
  show(true);
});

function leave(words) {
  key = "";
  following?.abort();
  knownSessions.clear();
  pastDays.clear();
  fresh.clear();
  known.clear();
  knownRecords.clear();
  unfolded.clear();
  selected.clear();
  turn += 1;
  byID("bar").hidden = true;
  byID("toast").replaceChildren();
  document.querySelector("dialog")?.close();
  history.replaceState(null, "");
  welcome(words);
}

function welcome(words) {
  document.title = "Memtrace";
  const input = h("input", { id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, placeholder: "mtk_…" });
  byID("main").replaceChildren(h("form.card.welcome", {
    onsubmit: async (event) => {
      event.preventDefault();
      key = input.value.trim();
      input.value = "";
      enter();
    },
  }, h("span.mark", { "aria-hidden": "true" }), h("h1", {}, "Memtrace"),
  h("p", {}, "Read, question and correct what agents remember. The key stays in this tab, and goes when you close it."),
  words && h("p.error", { role: "alert" }, words),
  h("div.field", {}, h("label", { for: "key" }, "Key"), input), h("button.button.primary", { type: "submit" }, "Open")));
  input.focus();
}

async function enter() {
  try {
    const [status, agents] = await Promise.all([get("status"), get("agents")]);
    agents.agents.slice().sort((a, b) => (a.created_at < b.created_at ? -1 : 1)).forEach((agent) => hue(agent.id));
    byID("org").textContent = clean(status.org_id);
    signature = signatureOf(status.signs_as);
    mayWrite = status.scope !== "read";
    byID("bar").hidden = false;
    follow();
    visit("today", {}, true);
  } catch (error) {
    if (error.status !== 401) welcome(error.message);
  }
}

function move(by) {
  const all = [...document.querySelectorAll("main .record")];
  if (!all.length) return;
  const here = all.indexOf(document.activeElement?.closest(".record"));
  const next = all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const goTo = { t: "today", r: "reviews", o: "open", c: "changes", s: "sessions" };
let prefix = 0;

function press(event) {
  if (byID("bar").hidden || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") byID("main").focus();
    return;
  }
  const isGoing = Date.now() - prefix < 1500;
  prefix = 0;
  if (isGoing && goTo[event.key]) return event.preventDefault(), visit(goTo[event.key]);
  const record = known.get(document.activeElement?.closest(".record")?.dataset.id);
  const chosen = current.view === "reviews" && chosenRecords().length ? chosenRecords() : record ? [record] : [];
  const deeds = {
    "g": () => { prefix = Date.now(); }, "/": () => { byID("needle").focus(); byID("needle").select(); }, "?": showKeys, "j": () => move(1), "k": () => move(-1),
    "a": () => review(chosen.filter((one) => one.state === "pending" || one.state === "rejected"), "approved"),
    "r": () => askReason("Reject", chosen.filter((one) => one.state === "pending"), "rejected"),
    "e": () => record && askCorrection(record), "u": () => undo?.(), "c": () => record && copy(record.id),
    "t": () => record && (record.state === "retracted" ? review([record], "restored") : !record.state && askReason("Retract", [record], "retracted")),
    "A": () => current.view === "reviews" && selectAll(),
    "x": () => document.activeElement?.closest(".record")?.querySelector("[data-select]")?.click(),
  };
  if (!deeds[event.key]) return;
  if (!mayWrite && "aretAxu".includes(event.key)) return toast("This key only reads");
  // What is said of a record is said of one that is seen to be meant.
  if (!chosen.length && "aretcx".includes(event.key) && document.querySelector("main .record")) {
    event.preventDefault();
    move(1);
    return toast(`This one? ${event.key} once more says so`);
  }
  event.preventDefault();
  deeds[event.key]();
}

document.addEventListener("keydown", press);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go]");
  if (button) visit(button.dataset.go);
});
byID("help-button").addEventListener("click", showKeys);
byID("leave").addEventListener("click", () => leave());
byID("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byID("needle").value.trim();
  if (text) visit("find", { text });
});

if (document.documentElement.dataset.open === "true") enter();
else welcome();
