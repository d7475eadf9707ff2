"""The light as SVG that blinks by itself: no script, no style attribute (the CSP forbids both)."""

from __future__ import annotations

from markupsafe import Markup

from gateway.decisions.lights import Light


def drawn(light: Light) -> Markup:
    """Moving, and for readers who asked for less motion, still."""
    steps = [s for on, off in light.pattern.round for s in ((1, on), (0, off)) if s[1]]
    total = sum(seconds for _, seconds in steps)
    times, at = [], 0.0
    for _, seconds in steps:
        times.append(f"{at / total:.4f}")
        at += seconds
    moving = Markup("")
    if len(steps) > 1:
        moving = Markup(
            '<animate attributeName="opacity" calcMode="discrete" repeatCount="indefinite"'
            ' dur="{}s" values="{}" keyTimes="{}"/>'
        ).format(f"{total:.3f}", ";".join(str(lit) for lit, _ in steps), ";".join(times))
    return Markup(
        '<svg viewBox="0 0 40 40" role="img" aria-label="{shape}">'
        '<circle class="glow-rim" cx="20" cy="20" r="17"/>'
        '<circle class="glow-{colour} moving" cx="20" cy="20" r="13">{moving}</circle>'
        '<circle class="glow-{colour} still" cx="20" cy="20" r="13"/></svg>'
    ).format(shape=f"The light: {light.shape}", colour=light.pattern.colour, moving=moving)
