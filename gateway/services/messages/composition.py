"""What each recipient of a text will get, and how many SMS that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway import sms
from gateway.services.people.placeholders import Template, available
from gateway.text.refusal import FieldError

MAX_PARTS = 255  # TS 23.040 9.2.3.24.1


@dataclass(frozen=True, slots=True)
class Composition:
    text: str  # as it is kept with the message: with its placeholders when it is for several
    each: tuple[tuple[str, int], ...]  # own text and SMS of each recipient; () = all alike
    longest: str
    parts: int  # of the longest
    total: int  # SMS over all recipients
    empty: Mapping[str, int]  # placeholder -> for how many recipients nothing is known


def alike(text: str, people: int) -> Composition:
    parts = sms.count(text).parts if text else 0
    return Composition(text, (), text, parts, parts * people, {})


def word(text: str, numbers: Sequence[str]) -> Composition:
    """Fill in the placeholders. Without recipients they count as they stand."""
    template = Template(text)
    if template.unknown or not numbers or not template.varies:
        plain = text if template.unknown or template.varies else template.fill(("",)).texts[0]
        return alike(plain, len(numbers))
    filled = template.fill(numbers)
    if len(numbers) == 1:
        return replace(alike(filled.texts[0], 1), empty=filled.empty)
    parts = {t: sms.count(t).parts for t in set(filled.texts)}
    longest = max(parts, key=lambda t: (parts[t], len(t)))
    each = tuple((t, parts[t]) for t in filled.texts)
    total = sum(p for _, p in each)
    return Composition(text, each, longest, parts[longest], total, filled.empty)


def unknown_placeholders(text: str) -> list[FieldError]:
    names = dict.fromkeys(Template(text).unknown)
    if not names:
        return []
    said = ", ".join("{" + name + "}" for name in names)
    offered = ", ".join("{" + name + "}" for name in available())
    return [
        FieldError(
            "text",
            f"{said} cannot be filled in. Use {offered}; for braces in the SMS write"
            " {{two of them}}.",
        )
    ]


def wording_errors(worded: Composition, numbers: Sequence[str]) -> list[FieldError]:
    """What can only go wrong once the placeholders are filled in."""
    if worded.parts > MAX_PARTS:
        words = f"The message is too long: it takes {worded.parts} SMS, at most {MAX_PARTS}"
        return [FieldError("text", f"{words} are possible.")]
    texts = [t for t, _ in worded.each] or [worded.longest] * bool(numbers)
    blank = [n for n, t in zip(numbers, texts, strict=False) if not t.strip()]
    if blank:
        words = f"Nothing would be left of the message to {blank[0]}"
        more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
        return [FieldError("text", f"{words}{more}; write something beside the placeholders.")]
    return []
