// Finding somebody, and everything about them as a story.

views.find = async ({ text }) => {
  const pair = text.match(/^([\w.-]+)=(.+)$/);
  const tries = pair ? [[pair[1], pair[2]]] : identityKeys.map((name) => [name, text]);
  const isShort = !/\s/.test(text) || pair;
  const [found, ...lists] = await Promise.all([
    post("search", { query: text, limit: 30 }),
    ...(isShort ? tries.map(([name, value]) => post("sessions/search", { metadata: { [name]: value }, limit: 1 }).then((list) => list.count ? { key: name, value } : null)) : [])]);
  const customers = lists.filter(Boolean);
  const session = /^sess_[0-9A-Z]{4,26}$/.test(text) ? await get("sessions", { limit: 1000 }).then((list) => list.sessions.find((one) => one.id.startsWith(text))) : null;
  if (session) return visit("session", { id: session.id }, true);
  if (customers.length === 1 && !found.count) return visit("customer", customers[0], true);
  const sessions = await Promise.all(found.results.map((record) => sessionOf(record.session_id)));
  return [
    title(`“${clean(text).slice(0, 80)}”`, count(found.count, "record", "records")),
    customers.length > 0 && h("section.card", {}, h("h2", {}, "Customers"), h("ul", {}, customers.map((one) => h("li", {}, go(`${clean(one.key)} ${clean(one.value)}`, "customer", one))))),
    customers.length > 0 && h("div.day", {}, "What was said"),
    found.count ? h("div.records", {}, found.results.map((record, place) => card(record, { session: sessions[place], dated: true })))
      : !customers.length && h("p.card.empty", {}, "Nothing was found. A customer is found by key and value too: email=jane@example.org"),
  ];
};

function timeline(memories, sessions) {
  if (!memories.length) return h("p.card.empty", {}, "Nothing was recorded.");
  let last = "";
  const bySession = new Map(sessions.map((session) => [session.id, session]));
  return h("div.records", {}, memories.flatMap((record) => {
    const date = day(record.time);
    const head = date === last ? [] : [h("h2.day", {}, date)];
    last = date;
    return [...head, card(record, { session: sessions.length > 1 ? bySession.get(record.session_id) : null, isOneCustomer: true })];
  }));
}

/// What an agent would read, and what it costs.
function contextCard(what) {
  const box = h("div", {});
  const load = async (budget) => {
    try {
      const made = await post("context", { ...what, max_tokens: Number(budget) });
      box.replaceChildren(
        h("p.note", {}, `about ${made.tokens.toLocaleString("en")} tokens, ${count(made.memory_count, "record", "records")}`, made.omitted ? `, ${made.omitted} left out` : ""),
        h("pre.context", { tabindex: 0, dir: "auto", "aria-label": "Context" }, clean(made.context)));
    } catch (error) { box.replaceChildren(h("p.error", {}, error.message)); }
  };
  const budgets = [["500", "500 tokens"], ["1000", "1,000 tokens"], ["4000", "4,000 tokens"], ["16000", "16,000 tokens"]];
  return h("section.card", {}, h("h2", {}, "What an agent reads"),
    h("div.row", {}, choose("Budget", budgets, "4000", load), h("button.button", { type: "button", "data-focus": "context", onclick: (event) => load(event.target.previousSibling.value) }, "Show context")), box);
}

function facts(metadata, more) {
  const rows = [...Object.entries(metadata || {}).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]), ...more];
  return h("dl.facts", {}, rows.slice(0, 60).map(([name, value]) => [h("dt", {}, clean(name)), h("dd", { dir: "auto" }, typeof value === "string" ? clean(value).slice(0, 500) : value)]));
}

views.customer = async ({ key: name, value }) => {
  const where = { [`where.${name}`]: value };
  const [list, memories, open] = await Promise.all([
    post("sessions/search", { metadata: { [name]: value }, limit: 200 }), get("memories", { ...where, include: "all", limit: 500 }), get("open", { ...where, limit: 100 })]);
  const metadata = Object.assign({}, ...list.sessions.map((session) => session.metadata).reverse());
  return [
    title(clean(metadata.name || value), `${clean(name)} ${clean(value)}`),
    h("div.grid", {},
      h("div.eight", {}, timeline(memories.memories, list.sessions)),
      h("div.four.side", {},
        h("section.card", {}, h("h2", {}, "About"), facts(metadata, [["sessions", String(list.count)], ["records", String(memories.count) + (memories.has_more ? " and more" : "")]])),
        h("section.card", {}, h("h2", {}, "Open"), open.count ? h("ul", {}, open.items.map((item) => h("li", { dir: "auto" }, h("b", {}, age(item.age_s)), " ", clean(item.record.content).slice(0, 200)))) : h("p.note", {}, "Nothing is open.")),
        contextCard({ where: { [name]: value } }),
        h("section.card", {}, h("h2", {}, "Sessions"), h("ul", {}, list.sessions.map((session) => h("li", {}, go(short(session.id), "session", { id: session.id }), ` ${session.status}, ${ago(session.updated_at)}`)))))),
  ];
};

views.session = async ({ id }) => {
  const path = `sessions/${encodeURIComponent(id)}`;
  const [session, memories] = await Promise.all([get(path), get(`${path}/memories`, { include: "all", limit: 500 })]);
  const customer = customerOf(session);
  return [
    title(`Session ${short(id)}`, `${session.status}, begun by ${clean(session.agent_id)}`, customer && go(`← ${clean(customer.value)}`, "customer", customer)),
    h("div.grid", {},
      h("div.eight", {}, timeline(memories.memories, [session])),
      h("div.four.side", {},
        h("section.card", {}, h("h2", {}, "About"), facts(session.metadata, [["begun", day(session.created_at)], ["last", ago(session.updated_at)], ["id", h("span.id", {}, id)]])),
        contextCard({ session_id: id }))),
  ];
};

views.sessions = async ({ status }) => {
  const list = await post("sessions/search", { limit: 100, ...(status ? { status } : {}) });
  return [
    title("Sessions", list.has_more ? "the newest 100" : count(list.count, "session", "sessions")),
    h("div.row.tools", {}, choose("Which", [["", "all"], ["active", "active"], ["closed", "closed"]], status || "", (value) => visit("sessions", { status: value }))),
    h("section.card", {}, list.count ? h("table", {},
      h("thead", {}, h("tr", {}, ["Customer", "Session", "Begun by", "Status", "Last"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, list.sessions.map((session) => {
        const customer = customerOf(session);
        return h("tr", {},
          h("td", {}, customer ? go(clean(customer.value).slice(0, 80), "customer", customer) : h("span.note", {}, "no customer")),
          h("td", {}, go(short(session.id), "session", { id: session.id }, { "data-focus": session.id })), h("td", {}, clean(session.agent_id)),
          h("td", {}, session.status), h("td.number", {}, ago(session.updated_at)));
      }))) : h("p.empty", {}, "No session was found.")),
  ];
};
