// One record, with what may be said of it.

/// It does not count, and does not wait.
const isGone = (record) => ["retracted", "rejected", "corrected", "duplicate"].includes(record.state);

/// - Options: session, shown as a link; selected, a set of ids that may be reviewed together.
function card(record, options = {}) {
  const isDecision = record.memory_type === "decision";
  const id = record.id;
  const customer = customerOf(options.session);
  const tags = record.tags || [];
  const head = `head-${id}`;
  const made = h(`article.record.${hue(record.agent_id)}${isDecision ? ".decision" : ""}${isGone(record) ? ".gone" : ""}`,
    { tabindex: -1, "data-id": id, "data-focus": id, "aria-labelledby": head },
    h("div.meta", { id: head },
      agentName(record.agent_id),
      h("span", {}, isDecision ? "decision" : record.event_type === "general" ? "memory" : clean(record.event_type)),
      options.dated ? h("span", {}, new Date(record.time).toLocaleDateString([], { day: "numeric", month: "short" }), " ", when(record.time)) : when(record.time),
      record.importance !== undefined && h("span", {}, `importance ${Math.round(record.importance * 100) / 100}`),
      customer && !options.isOneCustomer && go(cut(customer.value, 60), "customer", customer),
      options.session && idLink(record.session_id, "session", { id: record.session_id }),
      fresh.has(id) && h("span.state.new", {}, "new"),
      states(record),
      idMark(id)),
    words("p.text", record.content),
    isDecision && record.metadata?.reasoning && words("p.because", "because " + record.metadata.reasoning),
    relations(record), (options.notes || []).map((note) => h("p.note", {}, "⚠ " + clean(note))),
    h("div.row.foot", {}, tags.slice(0, 12).map((tag) => h("span.tag", {}, cut(tag, 64))),
      tags.length > 12 && h("span.note", {}, `and ${count(tags.length - 12, "more tag", "more tags")}`),
      h("span.row.actions", {}, actions(record))));
  known.set(id, record);
  if (!options.selected) return made;
  const box = h("input", {
    type: "checkbox", "aria-label": `Select: ${cut(record.content, 80)}`, checked: options.selected.has(id), "data-select": id,
    onchange: (event) => { options.selected[event.target.checked ? "add" : "delete"](id); options.changed(); },
  });
  const text = made.firstChild;
  made.insertBefore(h("div.check", {}, box, text), made.firstChild);
  return made;
}

/// A record on one line, where many are looked over.
function line(record) {
  known.set(record.id, record);
  return h(`article.record.line.${hue(record.agent_id)}${isGone(record) ? ".gone" : ""}`, { tabindex: -1, "data-id": record.id, "data-focus": record.id },
    agentName(record.agent_id), words("span.text", record.content, 400), states(record),
    idLink(record.id, "record", { id: record.id }), relations(record));
}

/// Records on the page, by id, for the keyboard.
const known = new Map();

/// Whether this key may say anything of a record.
let mayWrite = true;

function actions(record) {
  if (!mayWrite) return [];
  const act = (label, style, run) => h(`button.button${style}`, { type: "button", "data-focus": `${label}-${record.id}`, onclick: run }, label);
  const mayCount = record.state === "pending" || record.state === "rejected";
  return [
    mayCount && act("Approve", ".approve", () => review([record], "approved")),
    record.state === "pending" && act("Reject", ".reject", () => askReason("Reject", [record], "rejected")),
    !record.state && act("Retract", ".plain", () => askReason("Retract", [record], "retracted")),
    record.state === "retracted" && act("Restore", "", () => review([record], "restored")),
    (!record.state || record.state === "pending") && act("Correct", ".plain", () => askCorrection(record)),
  ];
}

/// What takes it back.
function opposite(record, word) {
  if (word === "retracted") return "restored";
  if (word === "restored") return "retracted";
  return record.state === "rejected" ? "rejected" : record.state === "pending" ? "pending" : "approved";
}

/// Why it is as it was before: the reason that it had, as `memtrace review undo` says it.
function undoneReason(record, word) {
  const why = ["approved", "rejected"].includes(word) && (record.says_again ? record.rule : record.review?.reason);
  if (!why) return "undone";
  return /^undone(: |$)/.test(why) ? why : [...why].length > 1990 ? "undone" : `undone: ${why}`;
}

const said = { approved: "Approved", rejected: "Rejected", retracted: "Retracted", restored: "Restored", pending: "Waiting again" };
let undo = null;

async function say(ids, word, reason) {
  for (let start = 0; start < ids.length; start += 100) {
    await post("reviews", { record_ids: ids.slice(start, start + 100), review: word, ...(reason ? { reason } : {}) });
  }
}

async function review(records, word, reason) {
  if (!records.length) return;
  try {
    await say(records.map((record) => record.id), word, reason);
    const groups = new Map();
    for (const record of records) {
      const back = [opposite(record, word), undoneReason(record, word)];
      const named = JSON.stringify(back);
      groups.set(named, { back, ids: [...(groups.get(named)?.ids || []), record.id] });
    }
    undo = async () => {
      undo = null;
      for (const { back, ids } of groups.values()) await say(ids, ...back);
      toast(`Taken back: ${count(records.length, "record", "records")}`);
      renew();
    };
    toast(`${said[word]}: ${count(records.length, "record", "records")}`, undo);
  } catch (error) {
    toast(error.message);
  }
  renew();
}

function toast(text, takeBack) {
  const box = h("div", {}, h("span", {}, clean(text)),
    takeBack && h("button.link", { type: "button", onclick: () => takeBack() }, "Undo"));
  byID("toast").replaceChildren(box);
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.remove(), takeBack ? 10000 : 5000);
}
