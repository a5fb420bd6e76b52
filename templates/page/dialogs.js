// What is asked before something is written.

function ask(title, fields, label, done) {
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        await done(Object.fromEntries(new FormData(form)));
        box.close();
      } catch (error) {
        trouble.textContent = error.message;
        trouble.hidden = false;
      }
    },
  });
  const trouble = h("p.error", { role: "alert", hidden: true });
  const box = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => { box.remove(); renewSoon(); } }, form);
  form.append(h("h2", { id: "dialog-title" }, title), ...fields, trouble,
    h("div.row", {}, h("button.button", { type: "button", onclick: () => box.close() }, label ? "Cancel" : "Close"),
      label && h("button.button.primary", { type: "submit" }, label)));
  document.body.append(box);
  box.showModal();
  form.querySelector("textarea, input")?.focus();
}

function field(label, name, control) {
  control.id = `field-${name}`;
  control.name = name;
  return h("div.field", {}, h("label", { for: control.id }, label), control);
}

function askReason(verb, records, word) {
  if (!records.length) return;
  ask(`${verb} ${count(records.length, "record", "records")}`,
    [field("Reason (others will read it)", "reason", h("input", { type: "text", maxlength: 2000, autocomplete: "off" }))], verb,
    ({ reason }) => review(records, word, reason));
}

/// Under what is corrected here, as under verdicts: the key's name, as far as an agent may be called so.
let signature = "";
const signatureOf = (name) => String(name || "").normalize("NFKD").replace(/[^A-Za-z0-9_]+/g, "-").replace(/^[^A-Za-z]+|-+$/g, "").slice(0, 128) || "reviewer";

function askCorrection(record) {
  const isDecision = record.memory_type === "decision";
  const area = (value, more) => {
    const made = h("textarea", { maxlength: 65536, ...more });
    made.value = value || "";
    return made;
  };
  const name = h("input", { type: "text", maxlength: 128, required: true, autocomplete: "off" });
  name.value = signature;
  ask(isDecision ? "Correct this decision" : "Correct this record", [
    h("p.note", {}, "The new text takes its place in every context; history keeps the old one."),
    field(isDecision ? "What is decided" : "What is true", "content", area(record.content, { required: true })),
    isDecision && field("Because", "reasoning", area(record.metadata?.reasoning)), field("Signed by", "agent_id", name),
  ].filter(Boolean), "Save", async ({ content, reasoning, agent_id }) => {
    signature = agent_id;
    const { reasoning: old, ...rest } = record.metadata || {};
    const kept = isDecision ? { ...rest, ...(reasoning.trim() ? { reasoning } : {}) } : record.metadata || {};
    const { session_id, importance, tags, memory_type } = record;
    const made = await post("memories", {
      agent_id, content, event_type: "correction", parent_id: record.id, session_id, memory_type, importance, tags,
      ...(Object.keys(kept).length ? { metadata: kept } : {}),
    });
    toast(made.state === "pending" ? "Noted; it waits for a review" : "Corrected");
  });
}

function showKeys() {
  const rows = [
    ["/", "find a customer, a session, an id or words"], ["g t  g r  g o  g c  g s", "today, reviews, open, changes, sessions"],
    ["j  k", "next, previous record"], ["a", "approve it, or all that are selected"], ["r", "reject it, or all that are selected"],
    ["e", "correct it"], ["t", "retract it, or restore it"], ["c", "copy its id"], ["x", "select it"], ["A", "select all"],
    ["u", "undo what you did last"], ["Esc", "close this, or leave a field"], ["?", "this list"],
  ];
  ask("Keyboard", [h("dl.keys", {}, rows.map(([keys, text]) => [
    h("dt", {}, keys.split("  ").map((one, place) => [place ? " " : "", h("kbd", {}, one)])), h("dd", {}, text)]))], null, () => {});
}
