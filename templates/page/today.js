// What a lead wants to know in the morning.

const pastDays = new Map();
const calendar = (back) => new Date(Date.now() - back * 86400000).toISOString().slice(0, 10);

/// One day's counts; a day that is over stays as it is, until something that is older comes by a sync.
function dayOf(back) {
  const date = calendar(back);
  const load = () => get("stats", { since: date, until: calendar(back - 1) }).then((stats) => ({
    label: new Date(date).toLocaleDateString([], { day: "numeric", month: "short", timeZone: "UTC" }),
    agents: Object.fromEntries(stats.agents.map((agent) => [agent.id, agent.memories + agent.decisions])),
  }));
  if (back < 2) return load();
  if (!pastDays.has(date)) pastDays.set(date, load());
  return pastDays.get(date);
}

const openAges = [["under a day", 1], ["1 to 3 days", 3], ["3 to 7 days", 7], ["1 to 2 weeks", 14], ["over 2 weeks", Infinity]];

views.today = async () => {
  const [status, open, pending, log, ...days] = await Promise.all([
    get("status"), get("open", { limit: 1000 }), get("reviews", { limit: 1000 }), get("log", { limit: 50 }), ...Array.from({ length: 14 }, (_, place) => dayOf(13 - place))]);
  badges(pending.count, open.count);
  const week = days.slice(-7).reduce((sum, one) => sum + Object.values(one.agents).reduce((all, n) => all + n, 0), 0);
  const figure = (number, text, view, warns) => h(`button.card.figure${warns ? ".warns" : ""}`, { type: "button", onclick: () => visit(view) }, h("b", {}, number), h("span", {}, text));
  const seconds = (item) => item.age_s / 86400;
  const ages = openAges.map(([label, most], place) => ({
    label, value: open.items.filter((item) => seconds(item) < most && seconds(item) >= (place ? openAges[place - 1][1] : 0)).length,
  }));
  const replicas = new Map();
  for (const commit of log.commits) for (const name of commit.replicas || []) if (!replicas.has(name)) replicas.set(name, commit.time);
  return [
    title("Today", `${clean(status.org_id)}: ${count(status.memories, "record", "records")} in ${count(status.sessions, "session", "sessions")}`),
    h("div.grid", {},
      h("div.three", {}, figure(String(pending.count), pending.count === 1 ? "waits for a review" : "wait for a review", "reviews", pending.count > 0)),
      h("div.three", {}, figure(String(open.count), "open with customers", "open", ages[4].value > 0)),
      h("div.three", {}, figure(String(week), "recorded in 7 days", "changes")),
      h("div.three", {}, figure(status.last_sync ? age((Date.now() - new Date(status.last_sync)) / 1000) : "no sync",
        status.last_sync ? "since the last sync" : status.remote ? "was ever made" : "for there is no remote", "changes", Boolean(status.last_sync_failure)))),
    status.last_sync_failure && h("p.error", { role: "alert" }, "The last sync failed: " + clean(status.last_sync_failure)),
    h("div.grid", {},
      h("section.card.eight", {}, h("h2", {}, "What was recorded, by agent"), dayChart(days)),
      h("section.card.four", {}, h("h2", {}, "Open, by age"), bars(ages)),
      h("section.card.seven", {}, h("h2", {}, "Waits longest"), openTable(open.items.slice(0, 5))),
      h("section.card.five", {}, h("h2", {}, "Last heard of each replica"), replicas.size
        ? h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Replica"), h("th", { scope: "col" }, "Last commit"))),
          h("tbody", {}, [...replicas].slice(0, 8).map(([name, time]) => h("tr", {},
            h("td", {}, h("code", {}, clean(name)), name === status.replica ? " (this one)" : ""), h("td.number", {}, ago(time))))))
        : h("p.note", {}, "Nothing was recorded yet."))),
  ];
};
