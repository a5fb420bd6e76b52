// What waits, for whom, since when.

/// To the customer; by which key they are known, the session says.
function customerLink(item) {
  const id = item.record.session_id;
  return h("button.link.name", { type: "button", onclick: async () => {
    const customer = customerOf(await sessionOf(id));
    visit(customer ? "customer" : "session", customer || { id });
  } }, cut(item.customer || "no name", 60));
}

function openTable(items) {
  if (!items.length) return h("p.note", {}, "Nothing is open.");
  return h("table", {},
    h("thead", {}, h("tr", {}, ["Age", "Customer", "Waits for", "What"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, items.map((item) => h("tr", {},
      h("td.number", {}, age(item.age_s)),
      h("td", {}, item.record.session_id ? customerLink(item) : clean(item.customer || "")),
      h("td", {}, cut(item.waits_for, 64)),
      h("td", { dir: "auto" }, words("span", item.record.content, 300),
        item.handed_over_by && h("div.note", {}, `handed over by ${cut(item.handed_over_by, 64)}`))))));
}

views.open = async ({ older }) => {
  const open = await get("open", { limit: 1000, older_than: older || undefined });
  const departments = new Map();
  for (const item of open.items) departments.set(item.waits_for || "nobody named", (departments.get(item.waits_for || "nobody named") || 0) + 1);
  return [
    title("Open", count(open.count, "item waits", "items wait")),
    h("div.row.tools", {}, choose("How old", [["", "of any age"], ["1d", "over a day"], ["3d", "over 3 days"], ["7d", "over a week"], ["14d", "over 2 weeks"]], older || "",
      (value) => visit("open", { older: value }))),
    h("div.grid", {},
      h("section.card.eight", {}, h("h2", {}, "Oldest first"), openTable(open.items)),
      h("section.card.four", {}, h("h2", {}, "By department"), departments.size
        ? bars([...departments].sort((a, b) => b[1] - a[1]).map(([label, value]) => ({ label, value, hue: hue(label) }))) : h("p.note", {}, "Nobody waits."))),
  ];
};
