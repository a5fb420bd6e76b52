// What was recorded since a day, or by the last sync: by customer, decisions first.

const ranges = [["last-sync", "by the last sync"], ["today", "today"], ["yesterday", "since yesterday"], ["monday", "since Monday"], ["7d", "in 7 days"], ["30d", "in 30 days"]];

views.changes = async ({ range = "7d" }) => {
  const [diff, pending] = await Promise.all([get("diff", { range }), get("reviews", { limit: 1000 })]);
  badges(pending.count, null);
  const total = diff.totals;
  const customers = diff.customers.slice(0, 80);
  const waits = (records) => records.filter((record) => record.state === "pending");
  // Nobody approves what they were not shown.
  const waiting = customers.flatMap((customer) => [customer.decisions, customer.memories].flatMap((list) => waits(onTop(customer, list))));
  const all = diff.customers.flatMap((customer) => waits([...customer.decisions, ...customer.memories])).length;
  const parts = [[total.customers, "customer", "customers"], [total.decisions, "decision", "decisions"], [total.memories, "memory", "memories"], [total.removed, "removed", "removed"], [total.warnings, "to look at", "to look at"]];
  return [
    title("Changes", parts.filter(([number]) => number).map((part) => count(...part)).join(", ") || "nothing new"),
    h("div.row.tools", {}, choose("Which changes", ranges, range, (value) => visit("changes", { range: value })),
      mayWrite && waiting.length > 0 && h("button.button.approve", { type: "button", onclick: () => review(waiting, "approved") }, waiting.length === all ? `Approve all ${all} that wait` : `Approve these ${waiting.length} of ${all} that wait`)),
    diff.warnings.map((warning) => h("p.error", {}, "⚠ " + clean(warning.text))),
    customers.map((customer) => changesOf(customer)),
    diff.customers.length > 80 && h("p.empty", {}, `and ${diff.customers.length - 80} more customers; take a shorter time`),
  ];
};

/// Customers of whom everything was asked for.
const unfolded = new Set();
const mostOfKind = 30;

const notesOf = (customer, record) => customer.warnings.filter((warning) => warning.record_id === record.id && warning.kind !== "pending").map((warning) => warning.text);

/// Those of a list that are shown: what needs an eye first.
function onTop(customer, records) {
  const rank = (record) => record.state === "pending" || notesOf(customer, record).length ? 0 : 1;
  const sorted = [...records].sort((a, b) => rank(a) - rank(b));
  return unfolded.has(customer.identity) ? sorted : sorted.slice(0, mostOfKind);
}

function changesOf(customer) {
  const whole = (record) => card(record, { notes: notesOf(customer, record), dated: true });
  const lists = [[customer.decisions, "decision", "decisions"], [customer.memories, "memory", "memories"], [customer.removed, "removed", "removed"], [customer.reviews, "review", "reviews"]];
  const [decisions, memories, removed] = lists.map(([list]) => onTop(customer, list));
  const reviews = unfolded.has(customer.identity) ? customer.reviews : customer.reviews.slice(0, mostOfKind);
  const more = unfolded.has(customer.identity) ? [] : lists.filter(([list]) => list.length > mostOfKind).map(([list, ...names]) => count(list.length - mostOfKind, ...names));
  const number = customer.decisions.length + customer.memories.length + customer.removed.length;
  return h("section.customer", {},
    h("div.head", {}, h("h2", {}, cut(customer.identity || "no customer", 200)),
      customer.sessions.slice(0, 3).map((id) => idLink(id, "session", { id })), customer.sessions.length > 3 && h("span.note", {}, `and ${count(customer.sessions.length - 3, "more session", "more sessions")}`),
      h("span.note", {}, number ? count(number, "record", "records") : "")),
    h("div.records", {}, decisions.map(whole),
      memories.map((record) => record.state === "pending" || notesOf(customer, record).length ? whole(record) : line(record)),
      removed.map((record) => card({ ...record, state: "removed" }, { dated: true })),
      reviews.map((review) => h("p.note", {}, h("b", {}, clean(review.reviewer + (review.said_by ? ` (as ${review.said_by} said)` : ""))), ` ${review.review} `, idLink(review.record_id, "record", { id: review.record_id }), review.reason ? `: ${clean(review.reason)}` : ""))),
    more.length > 0 && h("p.note.more", {}, h("button.link", { type: "button", onclick: () => { unfolded.add(customer.identity); renew(); } }, `Show ${more.join(", ")} more`)));
}
