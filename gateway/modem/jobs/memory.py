"""Which memory the modem reads from: AT+CPMS in the form that this modem wants (27.005 3.2.2)."""

from __future__ import annotations

from gateway.at import Response, answers, commands
from gateway.modem.jobs.base import Context, Job, ask

REFUSED = ("ERROR", "CMS", "CME")
FORMS = (3, 2, 1)  # memories named: to read and delete, to write and send, to receive


def find(context: Context) -> Job[None]:
    """Set all memories to the one that the profile prefers among those the modem offers."""
    offered = answers.cpms_offered((yield from ask(commands.cpms_query_offered())).lines)
    chosen = ""
    for memory in [m for m in context.profile.storage if m in offered.receive] or ["SM", "ME"]:
        context.receiving = memory
        if (yield from _choose(context, memory, FORMS)).result.ok:
            chosen = memory
            break
    others = [m for m in ("SM", "ME", "MT") if m in offered.read and m != chosen]
    context.memory = context.receiving = chosen
    context.reports = ("SR",) if "SR" in offered.read else ()
    context.memories = tuple(m for m in (chosen, *others) if m and m != "MT")
    context.unread = frozenset()


def select(context: Context, memory: str) -> Job[bool]:
    """Have CMGR, CMGL and CMGD work on this memory; False when the modem refuses."""
    if context.memory == memory:
        return True
    return (yield from enter(context, memory)).result.ok


def enter(context: Context, memory: str) -> Job[Response]:
    """The same; its answer may tell how full the memory is. Where messages go stays as it is.

    The form that the modem took last is tried first: some want all three, some only one.
    """
    forms = (context.cpms, *(n for n in FORMS if n != context.cpms))
    answer = yield from _choose(context, memory, forms)
    if answer.result.ok:
        context.unread -= {memory}
    elif answer.result.kind in REFUSED and not answers.is_busy(answer.result):
        context.unread |= {memory} - set(context.reports)
    return answer


def _choose(context: Context, memory: str, forms: tuple[int, ...]) -> Job[Response]:
    for count in forms:
        rest = context.receiving or memory
        answer = yield from ask(commands.cpms(*(memory, rest, rest)[:count]))
        if answer.result.ok:
            context.cpms, context.memory = count, memory
        if answer.result.kind not in REFUSED:
            break
    return answer
