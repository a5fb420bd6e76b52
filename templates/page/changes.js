// What was recorded since a day, or by the last sync: by customer, decisions first.

const ranges = [["last-sync", "by the last sync"], ["today", "today"], ["yesterday", "since yesterday"], ["monday", "since Monday"], ["7d", "in 7 days"], ["30d", "in 30 days"]];

views.changes = async ({ range = "7d" }) => {
  const [diff, pending] = await Promise.all([get("diff", { range }), get("reviews", { limit: 1000 })]);
  badges(pending.count, null);
  const total = diff.totals;
  const waiting = diff.customers.flatMap((customer) => [...customer.decisions, ...customer.memories]).filter((record) => record.state === "pending");
  const parts = [[total.customers, "customer", "customers"], [total.decisions, "decision", "decisions"], [total.memories, "memory", "memories"], [total.removed, "removed", "removed"], [total.warnings, "to look at", "to look at"]];
  return [
    title("Changes", parts.filter(([number]) => number).map((part) => count(...part)).join(", ") || "nothing new"),
    h("div.row.tools", {}, choose("Which changes", ranges, range, (value) => visit("changes", { range: value })),
      waiting.length > 0 && h("button.button.approve", { type: "button", onclick: () => review(waiting, "approved") }, `Approve all ${waiting.length} that wait`)),
    diff.warnings.map((warning) => h("p.error", {}, "⚠ " + clean(warning.text))),
    diff.customers.slice(0, 80).map((customer) => changesOf(customer)),
    diff.customers.length > 80 && h("p.empty", {}, `and ${diff.customers.length - 80} more customers; take a shorter time`),
  ];
};

function changesOf(customer) {
  const notes = (record) => customer.warnings.filter((warning) => warning.record_id === record.id && warning.kind !== "pending").map((warning) => warning.text);
  const list = (records) => records.slice(0, 30).map((record) => card(record, { notes: notes(record), dated: true }));
  const number = customer.decisions.length + customer.memories.length + customer.removed.length;
  const more = Math.max(0, customer.memories.length - 30);
  return h("section.customer", {},
    h("div.head", {}, h("h2", {}, clean(customer.identity || "no customer")),
      customer.sessions.slice(0, 3).map((id) => go(short(id), "session", { id })), h("span.note", {}, number ? count(number, "record", "records") : "")),
    h("div.records", {}, list(customer.decisions),
      customer.memories.slice(0, 30).map((record) => record.state === "pending" || notes(record).length ? card(record, { notes: notes(record), dated: true }) : line(record)),
      customer.removed.map((record) => card({ ...record, state: "removed" }, { dated: true })),
      customer.reviews.map((review) => h("p.note", {}, h("b", {}, clean(review.reviewer)), ` ${review.review} `, h("span.id", {}, short(review.record_id)), review.reason ? `: ${clean(review.reason)}` : ""))),
    more > 0 && h("p.note", {}, `and ${more} more`));
}
