"""Hand the parts of one dispatch to the network, one by one, and record each step before the next.

    AT+CMGS=n -> prompt -> "submitted" on disk -> PDU, Ctrl-Z -> +CMGS: mr -> "accepted" on disk

Whatever happens before "submitted" is on disk has not been sent; whatever happens after it, and
brings no clear answer, is doubtful and is said to be so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gateway import sms
from gateway.at import (
    Command,
    Explanation,
    LateResponse,
    Prompt,
    Response,
    Result,
    Retry,
    after_pdu,
    answers,
    before_prompt,
    commands,
)
from gateway.at.codes import NO_SERVICE, SIM_TROUBLE
from gateway.decisions.assignment import Assignment, PartToSend
from gateway.modem.jobs import direct, radio
from gateway.modem.jobs.base import Abandon, Context, Job, LinkLost, Pause, Payload, ask

RESTARTED = "The modem restarted before it took the message."
# What is to be looked at when a refusal says so, by the name of its timer (modem.duties).
LOOKS = {
    "sweep": frozenset({"CMS 322", "CMS 208", "CME 20"}),
    "look": NO_SERVICE,
    "card": SIM_TROUBLE,
}


class _Fate(Enum):
    TAKEN = auto()
    STOPPED = auto()  # refused or doubtful: recorded, the rest of the dispatch waits
    SICK = auto()  # refused for a reason that lies in the modem's state


@dataclass(frozen=True, slots=True)
class SendOutcome:
    taken: bool = False  # all of it
    set_up_again: bool = False


def send(
    context: Context, work: Assignment, *, confirm_mode: bool = True, more: bool = False
) -> Job[SendOutcome]:
    """Send what is left of a dispatch, in order; stop at the first part that is not taken.

    `more`: another dispatch follows at once, so the radio link is kept open for it.

    `confirm_mode`: the modem may have restarted without a word since the last one. In text mode
    it would take the length for a number and the PDU for a text.
    """
    if confirm_mode and not (yield from _in_pdu_mode(context, work)):
        return SendOutcome(set_up_again=True)
    if more or len(work.parts) > 1:
        yield from _keep_link(context, work)
    outcome = yield from _send_parts(context, work)
    if context.link_kept and not more:
        context.link_kept = False
        yield from ask(commands.cmms(0))
    return outcome


def _keep_link(context: Context, work: Assignment) -> Job[None]:
    """Without it every message sets up a radio link of its own. Not knowing it does no harm."""
    if context.link_kept or context.link_refused or not context.profile.keep_link:
        return
    try:
        answer = yield from ask(commands.cmms(2))
    except LinkLost as lost:
        context.ledger.released(work.dispatch_id, str(lost))
        raise
    context.link_kept = answer.result.ok
    context.link_refused = not answer.result.ok


def _send_parts(context: Context, work: Assignment) -> Job[SendOutcome]:
    for part in work.parts:
        context.submitted = None
        try:
            # A long message takes longer than a modem waits for +CNMA.
            yield from direct.keep_heard(context)
            fate = yield from _send_part(context, work, part)
        except LinkLost as lost:
            if context.submitted is None:
                context.ledger.released(work.dispatch_id, str(lost))
            raise
        except Exception:
            if context.submitted is None:
                context.ledger.released(work.dispatch_id, "The box could not record it.")
            raise
        if fate is not _Fate.TAKEN:
            return SendOutcome(set_up_again=fate is _Fate.SICK)
    return SendOutcome(taken=True)


def _in_pdu_mode(context: Context, work: Assignment) -> Job[bool]:
    try:
        answer = yield from ask(commands.cmgf(0))
    except LinkLost as lost:
        context.ledger.released(work.dispatch_id, str(lost))
        raise
    if not answer.result.ok:
        context.ledger.released(work.dispatch_id, "The modem is not ready to send.")
    return answer.result.ok


def _send_part(context: Context, work: Assignment, part: PartToSend) -> Job[_Fate]:
    assert context.connection_id is not None
    centre = sms.Address.parse(context.centre) if context.centre else None
    pdu, length = sms.join_pdu(bytes.fromhex(part.tpdu), centre)
    reply = yield from _ask_for_prompt(context, commands.submit(length, tag=part.part_id))
    if reply is None:
        context.ledger.released(work.dispatch_id, RESTARTED)
        return _Fate.SICK
    if not isinstance(reply, Prompt):
        return _not_prompted(context, work, part, reply.result)
    if context.guard:
        yield Pause(context.guard)
    try:
        context.ledger.submitting(part.part_id, context.connection_id)
    except Exception:
        yield Abandon()
        raise
    context.submitted = part.part_id
    try:
        answer = yield Payload(commands.payload(pdu), context.profile.submit_time)
    except LinkLost as lost:
        context.ledger.doubtful(part.part_id, after_pdu(Result("LOST", None, str(lost))))
        raise
    if answer.result.kind == "NO_PROMPT":
        return _refused(context, part.part_id, before_prompt(answer.result))
    return _settle(context, part, answer)


def _ask_for_prompt(context: Context, command: Command) -> Job[Prompt | Response | None]:
    """None: it repeats what it is asked, which it was told not to. So it has restarted, is in text
    mode and perhaps has another SIM: nothing may be handed over.
    """
    reply: Prompt | Response = yield command
    if not reply.echoed or context.echoes or context.echoes_submit:
        return reply
    if isinstance(reply, Prompt):
        yield Abandon()
    if (yield from radio.ping()):
        return None
    context.echoes_submit = True  # this command alone
    if isinstance(reply, Prompt):
        reply = yield command
    return reply


def _not_prompted(context: Context, work: Assignment, part: PartToSend, result: Result) -> _Fate:
    """Nothing was handed over, and nothing of it can be held against the message."""
    if result.kind == "RESTARTED":
        context.ledger.released(work.dispatch_id, RESTARTED)
        return _Fate.STOPPED
    return _refused(context, part.part_id, before_prompt(result, context.profile.codes))


def _settle(context: Context, part: PartToSend, answer: Response) -> _Fate:
    reference = answers.message_reference(answer.lines)
    why = after_pdu(answer.result, context.profile.codes)
    # The reference alone is proof that the network took it, and so is its word that it has it
    # already (CMS 197): the OK may get lost.
    if reference is not None or why.retry is Retry.TAKEN:
        context.ledger.accepted(part.part_id, reference)
        return _Fate.TAKEN
    if why.retry is Retry.UNCERTAIN:
        context.ledger.doubtful(part.part_id, why)
        return _Fate.STOPPED
    return _refused(context, part.part_id, why)


def _refused(context: Context, part_id: int, why: Explanation) -> _Fate:
    context.look_at |= {name for name, labels in LOOKS.items() if why.label in labels}
    context.ledger.refused(part_id, why)
    return _Fate.SICK if why.retry is Retry.RESET else _Fate.STOPPED


def late(context: Context, event: LateResponse) -> None:
    """An answer after its time-out: `+CMGS: n`, or a refusal, settles the doubt about that part."""
    part_id = event.command.tag
    if not isinstance(part_id, int):
        return
    reference = answers.message_reference(event.lines)
    if reference is not None:
        context.ledger.accepted(part_id, reference)
    elif event.result is not None and _from_the_network(event.result):
        why = after_pdu(event.result, context.profile.codes)
        if why.retry is Retry.TAKEN:
            context.ledger.accepted(part_id, None)
        elif why.retry is not Retry.UNCERTAIN:
            context.ledger.refused(part_id, why)


def _from_the_network(result: Result) -> bool:
    """Whether only a submitted message can have brought this refusal (27.005 3.2.5: below 256).

    Everything else may as well answer a question that was asked meanwhile, and a message that is
    sent again because of it would arrive twice.
    """
    return result.kind == "CMS" and result.code is not None and result.code < 256
