// How times, ages, agents and states read.

function age(seconds) {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

const ago = (time) => {
  const text = age(Math.max(0, (Date.now() - new Date(time)) / 1000));
  return text === "just now" ? text : `${text} ago`;
};

function when(time) {
  const moment = new Date(time);
  return h("time", { datetime: time, title: moment.toISOString() }, moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }));
}

const day = (time) => new Date(time).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/// Each agent keeps its colour, of eight, by the order in which they came; its name stands beside it always.
const hues = new Map();
function hue(agent) {
  if (!hues.has(agent)) hues.set(agent, hues.size % 8);
  return `hue${hues.get(agent)}`;
}


const identityKeys = ["customer_id", "email", "phone", "account_id", "chat_id", "user_id"];

/// The key and value by which a session's customer is known.
function customerOf(session) {
  const metadata = session?.metadata || {};
  const key = identityKeys.find((name) => metadata[name] !== undefined && metadata[name] !== "");
  return key ? { key, value: String(metadata[key]) } : null;
}

/// What an undo says again is theirs who said it.
function saidBy(review) {
  const reason = review.said_by ? (review.reason || "").replace(/^undone(: |$)/, "") : review.reason;
  return ` by ${review.said_by || review.reviewer}${reason ? ": " + reason : ""}`;
}

function states(record) {
  if (!record.state) return null;
  const by = record.review ? saidBy(record.review) : "";
  const why = record.says_again ? ": said again" : record.state === "pending" ? "" : by;
  return h(`span.state.${record.state}`, {}, cut(record.state + why, 300));
}
