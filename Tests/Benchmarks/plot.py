"""Draws latency against size as an SVG picture, without any package."""

import html
import math

# Distinct to people who see colours otherwise, too (Okabe and Ito), and on light and dark ground.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C8C8C", "#B8A000"]
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 14px }
.grid { stroke: #8c959f; stroke-opacity: 0.35; stroke-width: 1 }
.axis { stroke: #57606a; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .axis { stroke: #9198a1 }
}
"""
WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 60, 480, 44, 388


def latency(series, title):
    """The picture. `series` has for each name its milliseconds by number of sessions; both axes are logarithmic."""
    sizes = sorted({size for times in series.values() for size in times})
    values = [value for times in series.values() for value in times.values()]
    ticks = [step * 10 ** power for power in range(0, 5) for step in (1, 2, 5)]
    low = max((tick for tick in ticks if tick <= min(values)), default=ticks[0])
    high = min((tick for tick in ticks if tick >= max(values)), default=ticks[-1])

    def place(value, first, last, start, end):
        share = math.log(value / first) / math.log(last / first) if last > first else 0.5
        return round(start + share * (end - start), 1)

    def across(size):
        return place(size, sizes[0], sizes[-1], LEFT + 10, RIGHT - 10)

    def down(value):
        return place(value, low, high, BOTTOM, TOP)

    parts = []
    for tick in (tick for tick in ticks if low <= tick <= high):
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{down(tick)}" y2="{down(tick)}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{down(tick) + 4}" text-anchor="end">{tick:g}</text>')
    for size in sizes:
        parts.append(f'<line class="axis" x1="{across(size)}" x2="{across(size)}" y1="{BOTTOM}" y2="{BOTTOM + 5}"/>')
        parts.append(f'<text x="{across(size)}" y="{BOTTOM + 20}" text-anchor="middle">{size:,}</text>')
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{BOTTOM}" y2="{BOTTOM}"/>')
    parts.append(f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">sessions</text>')
    middle = (TOP + BOTTOM) / 2
    parts.append(f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
                 "milliseconds, whole process</text>")
    # The legend has the order that the lines have at their right end.
    order = sorted(series, key=lambda name: -series[name][max(series[name])])
    for number, name in enumerate(order):
        colour = COLOURS[number % len(COLOURS)]
        dashes = ["", "6 3", "2 3"][number // len(COLOURS)]
        look = f'stroke="{colour}" stroke-width="2" fill="none" stroke-dasharray="{dashes}"'
        points = [(across(size), down(value)) for size, value in sorted(series[name].items())]
        parts.append(f'<polyline {look} points="{" ".join(f"{x},{y}" for x, y in points)}"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points]
        y = TOP + 8 + number * 24
        parts.append(f'<line {look} x1="{RIGHT + 20}" x2="{RIGHT + 46}" y1="{y}" y2="{y}"/>')
        last = series[name][max(series[name])]
        parts.append(f'<text x="{RIGHT + 54}" y="{y + 4}">{html.escape(name)} {last:.1f}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}" role="img">\n<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n'
            f'<text class="title" x="{LEFT}" y="24">{html.escape(title)}</text>\n' + "\n".join(parts)
            + "\n</svg>\n")
