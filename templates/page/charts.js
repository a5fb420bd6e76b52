// Three questions, answered at a glance; each has its numbers as text for who cannot see it.

/// Memories a day by agent: days are {label, agents: {id: n}}.
function dayChart(days) {
  const totals = new Map();
  for (const day of days) for (const [id, n] of Object.entries(day.agents)) totals.set(id, (totals.get(id) || 0) + n);
  const order = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a) || (a < b ? -1 : 1));
  const top = Math.max(1, ...days.map((day) => Object.values(day.agents).reduce((sum, n) => sum + n, 0)));
  const isNarrow = innerWidth < 560;
  const [width, height, left] = [isNarrow ? 340 : 640, 190, 0];
  const step = (width - left) / days.length;
  const bars = days.map((day, place) => {
    let y = height;
    const parts = order.filter((id) => day.agents[id]).map((id) => {
      const size = (day.agents[id] / top) * (height - 16);
      y -= size;
      return svg("rect", { class: hue(id), x: left + place * step + step * 0.14, y, width: step * 0.72, height: Math.max(size - 0.75, 0.5), rx: 1.5 },
        svg("title", {}, `${day.label}: ${clean(id)} ${day.agents[id]}`));
    });
    const sum = Object.values(day.agents).reduce((all, n) => all + n, 0);
    return [parts, (days.length - 1 - place) % (isNarrow ? 4 : 2) === 0 && svg("text", { x: left + (place + 0.5) * step, y: height + 16, "text-anchor": "middle" }, day.label),
      sum > 0 && svg("text", { class: "value", x: left + (place + 0.5) * step, y: y - 4, "text-anchor": "middle" }, String(sum))];
  });
  return [
    svg("svg", { viewBox: `0 0 ${width} ${height + 24}`, "aria-hidden": "true", focusable: "false" },
      svg("line", { class: "axis", x1: left, x2: width, y1: height + 0.5, y2: height + 0.5 }), bars),
    h("p.legend", { "aria-hidden": "true" }, order.slice(0, 10).map((id) => h(`span.${hue(id)}`, {}, h("i", {}), cut(id, 32)))),
    h("ul.hidden", {}, days.map((day) => h("li", {}, `${day.label}: ${Object.entries(day.agents).map(([id, n]) => `${clean(id)} ${n}`).join(", ") || "nothing"}`))),
  ];
}

/// Rows are {label, value, text, hue, view}; the longest fills the track.
function bars(rows) {
  const top = Math.max(1, ...rows.map((row) => row.value));
  return h("div.bars", {}, rows.map((row) => {
    const fill = h(`div.fill${row.hue ? "." + row.hue : ""}`, {});
    fill.style.width = `${(row.value / top) * 100}%`;
    return [h("span.label", { title: clean(row.label) }, cut(row.label, 200)), h("div.track", { "aria-hidden": "true" }, row.value > 0 && fill), h("span.number", {}, row.text ?? String(row.value))];
  }));
}
