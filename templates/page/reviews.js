// What waits for a person's word; many at once, and all of it undone at once.

const selected = new Set();
let pendingNow = [];

/// The rule for which it waits; what it says again stands beside it.
function askedFor({ record, rule }) {
  const why = record.says_again ? record.rule : rule;
  return why ? [`asked for: ${why}`] : [];
}

views.reviews = async () => {
  const pending = await get("reviews", { limit: 1000 });
  badges(pending.count, null);
  // What weighs most stands first.
  const items = pending.items.sort((a, b) => (b.record.importance ?? 0) - (a.record.importance ?? 0) || (a.record.id < b.record.id ? -1 : 1));
  pendingNow = items.map((item) => item.record);
  for (const id of [...selected]) if (!pendingNow.some((record) => record.id === id)) selected.delete(id);
  const visible = items.slice(0, 200);
  const sessions = await Promise.all(visible.map((item) => sessionOf(item.record.session_id)));
  const bar = h("div.stick.row", { role: "group", "aria-label": "What is selected" });
  const changed = () => {
    const chosen = chosenRecords();
    bar.replaceChildren(
      h("label.check", {}, h("input", { type: "checkbox", "data-focus": "all", checked: chosen.length === items.length, onchange: () => selectAll() }), h("span", {}, chosen.length ? `${chosen.length} of ${items.length} selected` : "Select all")),
      h("button.button.approve", { type: "button", disabled: !chosen.length, "data-focus": "approve", onclick: () => review(chosenRecords(), "approved") }, "Approve"),
      h("button.button.reject", { type: "button", disabled: !chosen.length, "data-focus": "reject", onclick: () => askReason("Reject", chosenRecords(), "rejected") }, "Reject"));
  };
  changed();
  return [
    title("Reviews", pending.count ? `${count(pending.count, "record waits", "records wait")} for ${mayWrite ? "your word" : "a verdict, which this key does not give"}; none of them is in any context until then` : ""),
    items.length ? mayWrite && bar : h("p.card.empty", {}, "Nothing waits for a review."),
    h("div.records", {}, visible.map((item, place) => card(item.record, {
      session: sessions[place], selected: mayWrite ? selected : null, changed, dated: true, notes: askedFor(item) }))),
    items.length > visible.length && h("p.empty", {}, `and ${items.length - visible.length} more, which come up as these are done${mayWrite ? "; “Select all” takes them too" : ""}`),
  ];
};

const chosenRecords = () => pendingNow.filter((record) => selected.has(record.id));

function selectAll() {
  const isAll = chosenRecords().length === pendingNow.length;
  selected.clear();
  if (!isAll) pendingNow.forEach((record) => selected.add(record.id));
  renew();
}
