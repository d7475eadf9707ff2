"""How the modem tells of messages and delivery reports: AT+CSMS and AT+CNMI (27.005 3.2.1, 3.4.1).

Messages are stored by the modem and announced, so nothing of them gets lost while the box is away.
For reports there are three ways, best first:

* stored, in a memory of their own ("SR") or among the messages, until the box has them on disk;
* acknowledged: handed over, and the network keeps what was not acknowledged by AT+CNMA;
* unkept: handed over, acknowledged by the modem itself, and lost when the box is away.
"""

from __future__ import annotations

from enum import StrEnum

from gateway.at import answers, commands
from gateway.at.profiles import CNMI_DIRECT
from gateway.modem.jobs.base import Context, Job, ask
from gateway.modem.jobs.memory import select

REFUSES = 2  # AT+CNMA=2: a negative acknowledgement (27.005 3.4.4)
IN_VAIN = 3  # announced reports found nowhere, or refused +CNMA, until another way is taken


class ReportRoute(StrEnum):
    """How delivery reports come."""

    STORED = "stored"
    ACKNOWLEDGED = "acknowledged"
    UNKEPT = "unkept"
    NONE = "none"


WORDS = {
    ReportRoute.UNKEPT: "This modem does not keep delivery reports. Those that come while the box"
    " is off or restarting are lost; their messages stay “Sent”.",
    ReportRoute.NONE: "This modem passes on no delivery reports; messages stay “Sent”.",
}


def choose(context: Context) -> Job[None]:
    """Take the best way that the modem has; its memories are known by now.

    Where it takes nothing at all, the storage is looked through more often.
    """
    context.direct = context.polling = False
    context.news = ""
    context.way = yield from _way(context)


def in_vain(context: Context) -> bool:
    """Whether the way that was taken has turned out not to work: another is to be chosen."""
    if context.way == ReportRoute.STORED:
        unread = context.reports_announced >= IN_VAIN and context.reports_seen == 0
        context.unreadable = context.unreadable or unread
        return unread
    return context.way == ReportRoute.ACKNOWLEDGED and context.refused_cnma >= IN_VAIN


def _way(context: Context) -> Job[ReportRoute]:
    stored, routed, silent = (_forms(context, ds) for ds in ("2", "1", "0"))
    if not context.unreadable and (yield from _reports_can_be_read(context)):
        yield from ask(commands.csms(0))
        if (yield from _first(context, stored)):
            return ReportRoute.STORED
    if context.refused_cnma < IN_VAIN and (yield from ask(commands.csms(1))).result.ok:
        yield from _send_for_what_nobody_heard(context)
        context.direct = yield from _first(context, routed)
        if context.direct:
            return ReportRoute.ACKNOWLEDGED
    yield from ask(commands.csms(0))
    if (yield from _first(context, routed)):
        return ReportRoute.UNKEPT
    if not context.unreadable and (yield from _first(context, stored)):
        return ReportRoute.STORED  # wherever that is
    if (yield from _first(context, silent)):
        return ReportRoute.NONE
    return (yield from _nothing_is_stored(context))


def _send_for_what_nobody_heard(context: Context) -> Job[None]:
    """What was handed over while the box was away blocks all others until the modem gives up, and
    then it hands over no more. Refused, it comes again.
    """
    if not context.heard:
        offered = answers.cnma_offered((yield from ask(commands.cnma_query_offered())).lines)
        if REFUSES in offered:
            yield from ask(commands.cnma_refuse())


def _nothing_is_stored(context: Context) -> Job[ReportRoute]:
    """Messages handed over, each to be acknowledged; without that they would get lost."""
    if (yield from ask(commands.csms(1))).result.ok:
        context.direct = yield from _first(context, CNMI_DIRECT)
        if context.direct:
            reported = context.news.split(",")[3] == "1"
            return ReportRoute.ACKNOWLEDGED if reported else ReportRoute.NONE
        yield from ask(commands.csms(0))
    context.polling = True
    return ReportRoute.NONE


def _forms(context: Context, ds: str) -> tuple[str, ...]:
    """Those of the profile's forms that deal with reports in this way."""
    return tuple(f for f in context.profile.cnmi if (f.split(",") + ["0"] * 4)[3] == ds)


def _first(context: Context, forms: tuple[str, ...]) -> Job[bool]:
    """Set the first form that the modem takes. Many list what they then refuse (gammu#1206)."""
    for form in forms:
        if (yield from ask(commands.cnmi(form))).result.ok:
            context.news = form
            return True
    return False


def _reports_can_be_read(context: Context) -> Job[bool]:
    """Whether the modem has a memory for reports that can really be chosen, or is known to store
    them among the messages. Some list "SR" and do not have it.
    """
    if context.reports and (yield from select(context, context.reports[0])):
        others = tuple(m for m in context.memories if m not in context.reports)
        context.memories = (*others, *context.reports)
        yield from select(context, context.memories[0])
        return True
    context.reports = ()
    return bool(set(context.profile.reports_in) & set(context.memories))
