"""An address as a QR code, for a phone's camera. segno is imported on use: few pages need it."""

from __future__ import annotations

import io


def svg(text: str) -> str:
    """An SVG element for a page; its size is the style sheet's. Needs no style or script."""
    import segno

    made: str = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return made


def terminal(text: str) -> str:
    """Two modules to a character, light on dark or dark on light: cameras read both."""
    import segno

    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue()
