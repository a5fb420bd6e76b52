// Ids: as short as they are still told apart on the page, whole when copied, and found by any beginning.

const short = (id) => id.slice(0, id.indexOf("_") + 9);

/// A link that reads as an id.
function idLink(id, view, args, more) {
  return go(short(id), view, args, { title: id, "data-whole": id, ...more });
}

/// An id that a click copies.
function idMark(id, isWhole) {
  return h("button.id", {
    type: "button", title: `${id}: a click copies it`, "aria-label": `Copy ${id}`, "data-whole": !isWhole && id, onclick: () => copy(id),
  }, isWhole ? id : short(id));
}

/// Of the ids that are shown each gets as many characters as tell it from the others.
function tellApart(root) {
  const marks = [...root.querySelectorAll("[data-whole]")];
  const ids = [...new Set(marks.map((mark) => mark.dataset.whole))].sort();
  const common = (a, b) => {
    let length = 0;
    while (length < a.length && a[length] === b[length]) length += 1;
    return length;
  };
  const texts = new Map(ids.map((id, place) => {
    const alike = Math.max(place ? common(id, ids[place - 1]) : 0, place + 1 < ids.length ? common(id, ids[place + 1]) : 0);
    return [id, id.slice(0, Math.max(short(id).length, alike + 1))];
  }));
  for (const mark of marks) mark.textContent = texts.get(mark.dataset.whole);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`Copied ${text}`);
  } catch {
    // A browser gives the clipboard to pages of this machine and of TLS only.
    toast(text);
  }
}

const beginning = /^(mem|dec|sess)_([0-7][0-9A-HJKMNP-TV-Z]{3,25})$/i;

/// When what begins so was made: the first ten characters of an id are its time.
function madeWithin(rest) {
  const time = (filler) => [...rest.slice(0, 10).padEnd(10, filler)].reduce((sum, one) => sum * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(one), 0);
  return { since: new Date(time("0")).toISOString(), until: new Date(time("Z") + 1).toISOString() };
}

/// The records or sessions whose ids begin so; null where it is no beginning of an id.
async function beginningSo(text) {
  const [, kind, rest] = text.match(beginning) || [];
  if (!kind) return null;
  const begin = `${kind.toLowerCase()}_${rest.toUpperCase()}`;
  const mine = (list) => list.filter((one) => one.id.startsWith(begin));
  const within = madeWithin(rest.toUpperCase());
  if (kind.toLowerCase() === "sess") return { sessions: mine((await post("sessions/search", { ...within, limit: 1000 })).sessions) };
  return { records: mine((await get("memories", { ...within, include: "all", limit: 1000 })).memories) };
}

/// Other records that are named by a record; asked for once, until something happens.
const knownRecords = new Map();
function recordOf(id) {
  if (known.has(id)) return Promise.resolve(known.get(id));
  if (!knownRecords.has(id)) knownRecords.set(id, get(`memories/${encodeURIComponent(id)}`).catch(() => null));
  return knownRecords.get(id);
}

/// What a record has to do with another one, with that one's text.
function relation(words, id, more) {
  const text = h("span", { dir: "auto" });
  recordOf(id).then((record) => record && text.append(": ", cut(record.content, 200)));
  return h("p.note", {}, words + " ", idLink(id, "record", { id }), text, more);
}

function relations(record) {
  const corrects = record.event_type === "correction" && record.parent_id && record.parent_id !== record.id;
  return [
    record.says_again && relation(`⚠ says again what was ${clean(record.review.review + saidBy(record.review))},`, record.says_again),
    corrects && relation("corrects", record.parent_id), record.superseded_by && relation("corrected by", record.superseded_by),
    record.duplicate_of && relation("repeats", record.duplicate_of),
  ];
}

/// A record where it stands: in its session, or alone.
views.record = async ({ id }) => {
  const record = await get(`memories/${encodeURIComponent(id)}`);
  if (record.session_id) return visit("session", { id: record.session_id, record: record.id }, true);
  return [title("Record", "outside any session"), h("div.records", {}, card(record, { dated: true }))];
};
