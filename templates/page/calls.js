// What is asked of the bridge. The key lives in this variable alone, and goes with the page.

let key = "";

/// Of a key that was never good another thing is to be said than of one that was.
const refused = () => byID("bar").hidden ? "This key is not accepted. Was it typed whole? It may have been revoked, too: memtrace key list shows which count." : "This key is not accepted any more.";

class Refused extends Error {
  constructor(status, said) {
    super([said.error, said.hint].filter(Boolean).join(". ") || `The bridge answered ${status}`);
    this.status = status;
  }
}

function headers(more) {
  return key ? { "x-api-key": key, ...more } : { ...more };
}

async function call(method, path, body) {
  const answer = await fetch("/api/v1/" + path, {
    method, cache: "no-store", credentials: "omit", redirect: "error",
    headers: headers(body ? { "content-type": "application/json" } : {}), body: body ? JSON.stringify(body) : undefined,
  });
  const text = answer.status === 204 ? "{}" : await answer.text();
  let said = {};
  try { said = JSON.parse(text); } catch { said = { error: "The bridge did not answer in JSON" }; }
  if (answer.status === 401) leave(refused());
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}

function get(path, query) {
  const given = Object.entries(query || {}).filter(([, value]) => value !== undefined && value !== "");
  return call("GET", path + (given.length ? "?" + new URLSearchParams(given) : ""));
}

const post = (path, body) => call("POST", path, body);

/// Sessions that records stand in, by their id; asked for once.
const knownSessions = new Map();
function sessionOf(id) {
  if (!id) return Promise.resolve(null);
  if (!knownSessions.has(id)) knownSessions.set(id, get(`sessions/${encodeURIComponent(id)}`).catch(() => null));
  return knownSessions.get(id);
}
