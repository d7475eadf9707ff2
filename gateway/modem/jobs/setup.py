"""Bring a modem that nobody has spoken to into PDU mode with its news switched on.

Every reset wipes these settings, so the whole of it runs again after each.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.at import Command, Profile, Response, Result, answers, commands, profile_for
from gateway.at.results import label
from gateway.modem.jobs import careful, memory, news
from gateway.modem.jobs.base import Context, Job, Pause, ask, ask_fields
from gateway.modem.ledger import Identity

PROBES = 5  # the first one often meets a modem that is still waking up
PROBE_PAUSE = 0.5
SMS_READY_TRIES = 60  # seconds until a SIM's SMS side is up after power-on
SMS_READY_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class SetUp:
    answered: bool
    why: str = ""
    identity: Identity = field(default_factory=Identity)
    profile: Profile = field(default_factory=lambda: profile_for("", ""))


@dataclass(frozen=True, slots=True)
class SetUpResult:
    why: str = ""  # why it cannot do SMS; "" = it can
    smsc: str = ""


def set_up(context: Context) -> Job[SetUp]:
    """Find out who is there and quieten it. Nothing here needs a SIM or writes to the modem."""
    if not (yield from _probe()):
        return SetUp(False, f"Nothing on {context.port} answers like a modem.")
    yield from ask(commands.echo_off())
    context.echoes = (yield from ask(commands.verbose())).echoed
    yield from _errors_as_numbers()
    identity = yield from _identify()
    profile = profile_for(identity.manufacturer, identity.model)
    for extra in profile.extras:
        yield from ask(commands.extra(extra))  # noqa: S610 - no Django; each may be refused
    mode = answers.cfun((yield from ask(commands.cfun_query())).lines)
    if mode is not None and mode != 1:
        yield from ask(commands.cfun(1))
    return SetUp(True, "", identity, profile)


def prepare_sms(context: Context) -> Job[SetUpResult]:
    """PDU mode, storage, news, service centre. The SIM is open by now."""
    mode = yield from _pdu_mode()
    if not mode.ok:
        return SetUpResult(f"This modem does not do SMS as it is ({label(mode)}).")
    yield from memory.find(context)
    yield from news.choose(context)
    yield from _charset(context)
    for optional in commands.optional_settings():
        yield from ask(optional)
    context.tells_news, context.tells_mode = yield from _are_set(context)
    context.mode_lost = context.text_only = False
    smsc = answers.csca((yield from ask(commands.csca_query())).lines)
    return SetUpResult(smsc=smsc or "")


def still_set(context: Context) -> Job[bool]:
    """Whether the modem kept its settings: some restart without a word, in text mode and mute.

    What it told after set-up and does not tell any more is not kept; what it never told is not
    known. A difference counts when it is seen twice: a character may have got lost.
    """
    for _ in range(2):
        news_kept, mode_kept = yield from _are_set(context)
        if (news_kept or not context.tells_news) and (mode_kept or not context.tells_mode):
            return True
    return False


def _are_set(context: Context) -> Job[tuple[bool, bool]]:
    """Whether it says that its news and PDU mode are as they were set."""
    fields = yield from ask_fields("AT+CNMI?", "+CNMI:")
    wanted = context.news.split(",")
    news_kept = bool(context.news) and fields[: len(wanted)] == wanted
    answer = yield from ask(Command("AT+CMGF?", 3.0, "+CMGF:"))
    return news_kept, answers.last_integer(answer.lines[0]) == 0 if answer.lines else False


def _probe() -> Job[bool]:
    yield from ask(commands.wake())
    for _ in range(PROBES):
        answer = yield from ask(commands.at())
        if answer.result.ok:
            return True
        yield Pause(PROBE_PAUSE)
    return False


def _errors_as_numbers() -> Job[None]:
    for level in (1, 2):
        if (yield from ask(commands.cmee(level))).result.ok:
            return


def _identify() -> Job[Identity]:
    manufacturer = yield from _ask_name(commands.manufacturer_queries())
    model = yield from _ask_name(commands.model_queries())
    firmware = yield from _ask_name(commands.firmware_queries())
    return Identity(manufacturer, model, firmware, (yield from careful.twice(_imei)))


def _imei() -> Job[str]:
    for command in commands.imei_queries():
        if imei := answers.imei((yield from ask(command)).lines):
            return imei
    return ""


def _ask_name(forms: list[Command]) -> Job[str]:
    for command in forms:
        answer: Response = yield from ask(command)
        name = answers.name(answer.lines)
        if answer.result.ok and name:
            return name
    return ""


def _pdu_mode() -> Job[Result]:
    """`AT+CMGF=0`, tried for as long as a SIM may take to become ready for SMS."""
    for _ in range(SMS_READY_TRIES):
        answer = yield from ask(commands.cmgf(0))
        if answer.result.ok or not answers.may_become_ready(answer.result):
            break
        yield Pause(SMS_READY_PAUSE)
    return answer.result


def _charset(context: Context) -> Job[None]:
    """The first character set that the modem takes and then says to use."""
    for name, form in commands.cscs_forms():
        if not (yield from ask(form)).result.ok:
            continue
        said = answers.cscs((yield from ask(commands.cscs_query())).lines)
        if said in ("", "0", name):  # some answer with a number
            context.charset = name
            return
