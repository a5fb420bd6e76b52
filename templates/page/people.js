// Finding somebody, and everything about them as a story.

views.find = async ({ text }) => {
  const ids = await beginningSo(text);
  if (ids) return foundByID(text, ids);
  const pair = text.match(/^([\w.-]+)=(.+)$/);
  const tries = pair ? [[pair[1], pair[2]]] : identityKeys.map((name) => [name, text]);
  const isShort = !/\s/.test(text) || pair;
  // What reads as a number of a customer or an order is meant as it is, not by its parts.
  const isName = !/\s/.test(text) && /[\d@]/.test(text) && /\w[^\s\w]\w|_/.test(text);
  const [found, ...lists] = await Promise.all([
    post("search", { [isName ? "content_contains" : "query"]: text, limit: 30 }),
    ...(isShort ? tries.map(([name, value]) => post("sessions/search", { metadata: { [name]: value }, limit: 1 }).then((list) => list.count ? { key: name, value } : null)) : [])]);
  const customers = lists.filter(Boolean);
  if (!customers.length && isShort && text.length > 2) customers.push(...await customersLike(text));
  if (customers.length === 1 && !found.count) return visit("customer", customers[0], true);
  const sessions = await Promise.all(found.results.map((record) => sessionOf(record.session_id)));
  return [
    title(`“${cut(text, 80)}”`, count(found.count, "record", "records")),
    customers.length > 0 && h("section.card", {}, h("h2", {}, "Customers"), h("ul", {}, customers.map((one) => h("li", {}, go(`${clean(one.key)} ${cut(one.value, 80)}`, "customer", one))))),
    customers.length > 0 && found.count > 0 && h("div.day", {}, "What was said"),
    found.count ? h("div.records", {}, found.results.map((record, place) => card(record, { session: sessions[place], dated: true })))
      : !customers.length && h("p.card.empty", {}, "Nothing was found. A customer is found by key and value too: email=jane@example.org"),
  ];
};

/// Of the newest sessions, whose customers are known by something like it.
async function customersLike(text) {
  const { sessions } = await get("sessions", { limit: 1000 });
  const found = new Map();
  for (const customer of sessions.map(customerOf)) {
    if (customer?.value.toLowerCase().includes(text.toLowerCase())) found.set(customer.key + " " + customer.value, customer);
  }
  return [...found.values()].slice(0, 30);
}

async function foundByID(text, { sessions = [], records = [] }) {
  if (sessions.length === 1) return visit("session", { id: sessions[0].id }, true);
  if (records.length === 1) return visit("record", { id: records[0].id }, true);
  const number = sessions.length + records.length;
  const around = await Promise.all(records.slice(0, 100).map((record) => sessionOf(record.session_id)));
  return [
    title(cut(text, 80), number ? `${number} ids begin so` : ""),
    !number && h("p.card.empty", {}, "No id begins so."),
    sessions.length > 0 && h("section.card", {}, sessionTable(sessions.slice(0, 100))),
    records.length > 0 && h("div.records", {}, around.map((session, place) => card(records[place], { session, dated: true }))),
  ];
}

const pageOfRecords = 500;

/// The newest records of somebody, as many as are asked for by now, and whether there are older ones.
async function newest(path, query) {
  const shown = current.args.shown || pageOfRecords;
  const found = new Map();
  let hasMore = true;
  for (let offset = 0; hasMore && offset < shown; offset += pageOfRecords) {
    const page = await get(path, { ...query, include: "all", limit: pageOfRecords, offset });
    // What came meanwhile has moved the others: one may be told twice.
    for (const record of page.memories) found.set(record.id, record);
    hasMore = page.has_more;
  }
  return { memories: [...found.values()], hasMore };
}

/// At the end of a list that does not end there.
function older({ memories, hasMore }) {
  if (!hasMore) return null;
  const more = () => {
    current.args = { ...current.args, shown: (current.args.shown || pageOfRecords) + pageOfRecords };
    history.replaceState(current, "");
    return show(false);
  };
  return h("p.empty", {}, `The newest ${memories.length.toLocaleString("en")} records. `,
    h("button.button", { type: "button", "data-focus": "older", onclick: more }, "Show older ones"));
}

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
  return h("dl.facts", {}, rows.slice(0, 60).map(([name, value]) => [h("dt", {}, clean(name)), h("dd", { dir: "auto" }, typeof value === "string" ? words("span", value, 500) : value)]));
}

views.customer = async ({ key: name, value }) => {
  const where = { [`where.${name}`]: value };
  const [list, memories, open] = await Promise.all([
    post("sessions/search", { metadata: { [name]: value }, limit: 200 }), newest("memories", where), get("open", { ...where, limit: 100 })]);
  const metadata = Object.assign({}, ...list.sessions.map((session) => session.metadata).reverse());
  return [
    title(cut(metadata.name || value, 200), `${clean(name)} ${cut(value, 200)}`),
    h("div.grid", {},
      h("div.eight", {}, timeline(memories.memories, list.sessions), older(memories)),
      h("div.four.side", {},
        h("section.card", {}, h("h2", {}, "About"), facts(metadata, [["sessions", String(list.count)], ["records", String(memories.memories.length) + (memories.hasMore ? " and more" : "")]])),
        h("section.card", {}, h("h2", {}, "Open"), open.count ? h("ul", {}, open.items.map((item) => h("li", { dir: "auto" }, h("b", {}, age(item.age_s)), " ", words("span", item.record.content, 200)))) : h("p.note", {}, "Nothing is open.")),
        contextCard({ where: { [name]: value } }),
        h("section.card", {}, h("h2", {}, "Sessions"), h("ul", {}, list.sessions.map((session) => h("li", {}, idLink(session.id, "session", { id: session.id }), ` ${session.status}, ${ago(session.updated_at)}`)))))),
  ];
};

views.session = async ({ id, record }) => {
  const path = `sessions/${encodeURIComponent(id)}`;
  const [session, memories] = await Promise.all([get(path), newest(`${path}/memories`, {})]);
  const customer = customerOf(session);
  const isBeyond = record && !memories.memories.some((one) => one.id === record);
  const beyond = isBeyond ? await recordOf(record) : null;
  return [
    title(`Session ${short(id)}`, `${session.status}, begun by ${cut(session.agent_id, 64)}`, customer && go(`← ${cut(customer.value, 80)}`, "customer", customer)),
    h("div.grid", {},
      h("div.eight", {}, beyond && h("div.records", {}, card(beyond, { dated: true })), timeline(memories.memories, [session]), older(memories)),
      h("div.four.side", {},
        h("section.card", {}, h("h2", {}, "About"), facts(session.metadata, [["begun", day(session.created_at)], ["last", ago(session.updated_at)], ["id", idMark(id, true)]])),
        contextCard({ session_id: id }))),
  ];
};

function sessionTable(sessions) {
  return h("table", {},
    h("thead", {}, h("tr", {}, ["Customer", "Session", "Begun by", "Status", "Last"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, sessions.map((session) => {
      const customer = customerOf(session);
      return h("tr", {},
        h("td", {}, customer ? go(cut(customer.value, 80), "customer", customer) : h("span.note", {}, "no customer")),
        h("td", {}, idLink(session.id, "session", { id: session.id }, { "data-focus": session.id })), h("td", { title: clean(session.agent_id) }, cut(session.agent_id, 64)),
        h("td", {}, session.status), h("td.number", {}, ago(session.updated_at)));
    })));
}

views.sessions = async ({ status }) => {
  const list = await post("sessions/search", { limit: 100, ...(status ? { status } : {}) });
  return [
    title("Sessions", list.has_more ? "the newest 100" : count(list.count, "session", "sessions")),
    h("div.row.tools", {}, choose("Which", [["", "all"], ["active", "active"], ["closed", "closed"]], status || "", (value) => visit("sessions", { status: value }))),
    h("section.card", {}, list.count ? sessionTable(list.sessions) : h("p.empty", {}, "No session was found.")),
  ];
};
