"""One USSD request and its answer: asked in the way this modem wants, in whatever order it answers.

    AT+CUSD=1,"*100#",15 -> OK -> +CUSD: 0,"Your balance is ...",15        (the usual order)

The OK may come after the answer or not at all; an error may come after the OK; a line about the
end of the session may stand before or behind the answer. The modem's thread runs this between two
messages, so requests never meet each other nor a message. One that is urgent ends the wait for the
network: the session is closed, and the asker hears why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

from gateway.at import Response, Result, Urc, answers, commands, meaning
from gateway.at.results import label, parse_final
from gateway.decisions.ussd_text import UssdForm, decode, encode, is_lost, shows_form
from gateway.modem.jobs import direct
from gateway.modem.jobs.base import Await, Context, Job, ask

PATIENCE = 60.0  # seconds for the network's answer
LINGER = 2.0  # seconds in which more of the same answer may come
MOST_SAID = 32  # lines that are waited for
SETTLE = 0.3  # seconds for what a cancelled session still says
NEWS = ("+CUSD", "+CME ERROR", "+CMS ERROR")
ONLY_ASKS = re.compile(r"[*#]{1,3}[0-9]{1,4}#")  # longer codes may top up, or buy something
ORDER = (UssdForm.PLAIN, UssdForm.PACKED, UssdForm.UCS2, UssdForm.BARE)
# Errors that say nothing of how the request was written: another form would not help.
# SIM missing, locked, failed; no network; emergency calls only (27.007 9.2).
HOPELESS = frozenset({10, 11, 12, 13, 15, 17, 18, 30})
STATES = {
    2: "The network ended the session without a text.",
    3: "Another program on this modem took the answer.",
    4: "The network does not support this code here.",
    5: "The network did not answer in time.",
}
NO_TEXT = "The network did it and said nothing about it."
NO_ANSWER = "The network gave no answer within a minute; the request was cancelled."
RELEASES = ("initiating release", "session released", "session terminated")


@dataclass(frozen=True, slots=True)
class UssdReply:
    """What came of a request. `text` is as people read it, `raw` as the modem gave it.

    `words`: why there is no answer, "" when there is one. `form`: how the modem wants requests,
    proved by this one; None when nothing was proved.
    """

    text: str = ""
    raw: str = ""
    waits: bool = False  # the network waits for a choice
    words: str = ""
    form: UssdForm | None = None
    lost: bool = False  # its letters came as question marks
    interrupted: bool = False  # an urgent message went first


INTERRUPTED = UssdReply(words="An urgent message had to go first. Ask again.", interrupted=True)


def request(
    context: Context, text: str, *, known: UssdForm | None = None, cancel_first: bool = False
) -> Job[UssdReply]:
    """Ask for a code, or answer an open menu. ValueError for a text that USSD cannot hold.

    An answer of question marks is asked for again in UCS2, where asking twice does nothing twice;
    anyhow the next request is made in UCS2.

    `known`: the form that worked on this model before. `cancel_first`: a session may be open.
    """
    forms = ORDER if known is None else (known, *(f for f in ORDER if f is not known))
    encode(text, UssdForm.PACKED)  # checks the text
    if context.urgent():
        return INTERRUPTED
    context.ussd_cut_off = False
    if cancel_first:
        yield from cancel(context)
    yield Await(NEWS, 0)
    reply = yield from _in_turn(context, text, forms, cancel_first)
    if not reply.lost or context.charset == "UCS2" or known is UssdForm.WIDE:
        return reply
    if ONLY_ASKS.fullmatch(text):
        if reply.waits:
            yield from cancel(context)
        better = yield from _in_turn(context, text, (UssdForm.WIDE,), cancel_first=True)
        if better.text and not better.lost:
            return better
        return replace(reply, waits=False, interrupted=better.interrupted)
    return replace(reply, form=UssdForm.WIDE)


def _in_turn(
    context: Context, text: str, forms: tuple[UssdForm, ...], cancel_first: bool
) -> Job[UssdReply]:
    """Ask in one form after the other until the modem takes one."""
    result = Result("ERROR")
    for n, form in enumerate(forms):
        result = (yield from _ask(text, form)).result
        if result.kind == "ERROR" and n == 0 and not cancel_first:
            yield from cancel(context)  # a session that nobody knows of blocks the next
            result = (yield from _ask(text, form)).result
        if result.ok or result.kind == "TIMEOUT":
            reply = yield from _answer(context, form)
            if form is UssdForm.WIDE:
                yield from ask(commands.cscs(context.charset or "GSM"))
            return reply
        if form is UssdForm.WIDE:
            yield from ask(commands.cscs(context.charset or "GSM"))
        if result.kind not in ("ERROR", "CMS", "CME") or result.code in HOPELESS:
            break
    return UssdReply(words=_refusal(result))


def cancel(context: Context) -> Job[None]:
    """End the session, if there is one; an error means that there was none."""
    yield from ask(commands.cusd_cancel())
    yield Await(("+CUSD",), SETTLE)


def _ask(text: str, form: UssdForm) -> Job[Response]:
    if form is UssdForm.WIDE:
        taken = yield from ask(commands.cscs("UCS2"))
        if not taken.result.ok:
            return taken
    dcs = None if form is UssdForm.BARE else 15
    return (yield from ask(commands.cusd(encode(text, form), dcs)))


@dataclass(frozen=True, slots=True)
class _UssdAnswer:
    """One +CUSD."""

    state: int
    raw: str
    text: str
    lost: bool

    @property
    def worth(self) -> tuple[bool, bool, int]:
        """Of several, the longest text counts, unless it is only about the session's end."""
        release = self.text.lower().strip(" .") in RELEASES
        return (bool(self.text) and not release, self.state in (0, 1), len(self.text))


def _answer(context: Context, form: UssdForm) -> Job[UssdReply]:
    """Collect what the network says until it has said it."""
    heard: list[_UssdAnswer] = []
    refusal = ""
    seconds = PATIENCE
    for _ in range(MOST_SAID):
        unless = partial(_is_called_away, context) if seconds == PATIENCE else None
        urc = yield Await(NEWS, seconds, unless)
        if urc is None and unless is not None and context.urgent():
            context.ussd_cut_off = True
            yield from cancel(context)
            return INTERRUPTED
        if urc is None and unless is not None and context.direct and context.heard:
            yield from direct.keep_heard(context)
            continue
        if urc is None:
            break
        assert isinstance(urc, Urc)
        seconds = LINGER
        if urc.name == "+CUSD":
            if (news := answers.cusd(urc.line)) is not None:
                heard.append(_decoded(news, form))
        elif not heard:
            result = parse_final(urc.line)
            refusal = _refusal(result) if result else "The network refused the request."
    if heard:
        return _reply(heard, form)
    if not refusal:
        yield from cancel(context)
    return UssdReply(words=refusal or NO_ANSWER)


def _is_called_away(context: Context) -> bool:
    """Whether something cannot wait for the network's answer: a message, or a +CNMA."""
    return context.urgent() or (context.direct and bool(context.heard))


def still_open(context: Context, urc: Urc) -> bool:
    """Whether the network opens a menu for a request that was given up: nobody will choose."""
    news = answers.cusd(urc.line) if urc.name == "+CUSD" and context.ussd_cut_off else None
    return news is not None and news.waits


def _decoded(news: answers.UssdResult, form: UssdForm) -> _UssdAnswer:
    text = decode(news.text, news.dcs, form=form)
    return _UssdAnswer(news.state, news.text, text, is_lost(news.text, news.dcs))


def _reply(heard: list[_UssdAnswer], form: UssdForm) -> UssdReply:
    best = max(heard, key=lambda h: h.worth)
    proved = form if best.text and shows_form(best.raw, form) else None
    reply = UssdReply(best.text, best.raw, waits=heard[-1].state == 1, form=proved, lost=best.lost)
    if not best.worth[0]:
        state = max(h.state for h in heard)
        return replace(reply, words=STATES.get(state, NO_TEXT) if not reply.waits else "")
    return reply


def _refusal(result: Result) -> str:
    """Plain words for an error. The table is about messages, so only what fits is taken from it."""
    if result.kind == "CME" and result.code in HOPELESS:
        return meaning(result)
    if result.kind == "RESTARTED":
        return "The modem restarted in the middle of it."
    return (
        f"The network or the modem refused the request ({label(result)}). On LTE alone many"
        " networks offer no codes; the operator's app or an SMS to a short code may tell the"
        " balance."
    )
