"""A small line of balances over time as SVG, without any style attribute (the CSP forbids them)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

WIDTH, HEIGHT = 320, 80
LEFT, TOP = 4, 6  # room for the dots at the edges


def balances(points: Sequence[tuple[int, Decimal]], title: str) -> Markup:
    """`points`: (instant, balance), oldest first. Less than two make no line: empty."""
    if len(points) < 2:
        return Markup("")
    placed = _placed(points)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    x, y = placed[-1]
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{title}">'
        '<path class="chart-ground" d="M0 {bottom}H{w}"/>'
        '<polyline class="chart-line" points="{line}"/>'
        '<circle class="chart-dot" cx="{x}" cy="{y}" r="3"/></svg>'
    ).format(
        w=WIDTH,
        h=HEIGHT,
        bottom=HEIGHT - 0.5,
        title=title,
        line=line,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
    )


def _placed(points: Sequence[tuple[int, Decimal]]) -> list[tuple[float, float]]:
    """On the canvas; the ground is zero, or the lowest balance if that is below."""
    start, span = points[0][0], max(1, points[-1][0] - points[0][0])
    values = [float(b) for _, b in points]
    low = min(0.0, *values)
    high = max(*values, low + 0.01)
    width, height = WIDTH - 2 * LEFT, HEIGHT - 2 * TOP
    return [
        (LEFT + width * (at - start) / span, TOP + height * (high - value) / (high - low))
        for (at, _), value in zip(points, values, strict=True)
    ]
