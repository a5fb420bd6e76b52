// What happens is told as it happens, by server-sent events; a connection that is lost is made again.

let following = null;
let lastEvent = "";
/// Records that came while this page was open.
const fresh = new Set();

function follow() {
  following?.abort();
  const control = following = new AbortController();
  const told = (state, text) => {
    byID("live").dataset.state = state;
    byID("live-text").textContent = text;
  };
  (async () => {
    for (let pause = 1000; !control.signal.aborted; pause = Math.min(pause * 2, 15000)) {
      try {
        const answer = await fetch("/api/v1/events", {
          cache: "no-store", credentials: "omit", signal: control.signal,
          headers: headers(lastEvent ? { "last-event-id": lastEvent } : {}),
        });
        if (answer.status === 401) return leave(refused());
        if (!answer.ok) throw new Refused(answer.status, {});
        told("on", "live");
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          pause = 500;
          const events = (rest + value).split("\n\n");
          rest = events.pop();
          events.forEach(take);
        }
        continue;
      } catch {
        if (control.signal.aborted) return;
        told("lost", "not connected");
      }
      await new Promise((resume) => setTimeout(resume, pause));
    }
  })();
}

function take(text) {
  const event = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  if (event.id) lastEvent = event.id;
  if (!event.event) return;
  if (event.event === "record") fresh.add(JSON.parse(event.data).id);
  knownSessions.clear();
  knownRecords.clear();
  renewSoon();
}

let renewal = 0;
let renewed = 0;

/// Soon, and at most once a second however much comes.
function renewSoon() {
  if (renewal) return;
  renewal = setTimeout(async () => {
    await renew();
    [renewal, renewed] = [0, Date.now()];
  }, Math.max(150, renewed + 1000 - Date.now()));
}
