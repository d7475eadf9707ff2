"""Hand the parts of one dispatch to the network, one by one, and record each step before the next.

    AT+CMGS=n -> prompt -> "submitted" on disk -> PDU, Ctrl-Z -> +CMGS: mr -> "accepted" on disk

Whatever happens before "submitted" is on disk has not been sent; whatever happens after it, and
brings no clear answer, is doubtful and is said to be so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gateway import sms
from gateway.at import Answer, Late, Prompt, Result, ResultKind, answers, commands
from gateway.modem.jobs.base import Abandon, Context, Job, LinkLost, Pause, Payload
from gateway.modem.ledger import Assignment, PartToSend

CTRL_Z = b"\x1a"


class _Fate(Enum):
    TAKEN = auto()
    STOPPED = auto()  # refused or doubtful: recorded, the rest of the dispatch waits
    SICK = auto()  # refused for a reason that lies in the modem's state


@dataclass(frozen=True, slots=True)
class Outcome:
    set_up_again: bool = False


def send(context: Context, work: Assignment) -> Job[Outcome]:
    """Send what is left of a dispatch, in order; stop at the first part that is not taken."""
    for part in work.parts:
        context.submitted = None
        try:
            fate = yield from _send_part(context, part)
        except LinkLost as lost:
            if context.submitted is None:
                context.ledger.released(work.dispatch_id, str(lost))
            raise
        except Exception:
            if context.submitted is None:
                context.ledger.released(work.dispatch_id, "The box could not record it.")
            raise
        if fate is not _Fate.TAKEN:
            return Outcome(set_up_again=fate is _Fate.SICK)
    return Outcome()


def _send_part(context: Context, part: PartToSend) -> Job[_Fate]:
    assert context.connection_id is not None
    pdu, length = sms.join_pdu(bytes.fromhex(part.tpdu))
    reply = yield commands.cmgs(length)
    if not isinstance(reply, Prompt):
        return _refused(context, part, _before_submission(reply.result))
    if context.guard:
        yield Pause(context.guard)
    try:
        context.ledger.submitting(part.part_id, context.connection_id)
    except Exception:
        yield Abandon()
        raise
    context.submitted = part.part_id
    try:
        answer = yield Payload(pdu.encode() + CTRL_Z, context.profile.submit_timeout)
    except LinkLost as lost:
        context.ledger.doubtful(part.part_id, Result(ResultKind.LOST, None, str(lost)))
        raise
    return _settle(context, part, answer)


def _settle(context: Context, part: PartToSend, answer: Answer) -> _Fate:
    reference = answers.message_reference(answer.lines)
    if reference is not None or answer.result.ok:
        # The reference alone is proof: the network took it even if the OK got lost.
        context.ledger.accepted(part.part_id, reference)
        return _Fate.TAKEN
    if answer.result.kind in (ResultKind.TIMEOUT, ResultKind.RESTARTED, ResultKind.LOST):
        context.ledger.doubtful(part.part_id, answer.result)
        return _Fate.STOPPED
    return _refused(context, part, answer.result)


def _refused(context: Context, part: PartToSend, result: Result) -> _Fate:
    return _Fate.SICK if context.ledger.refused(part.part_id, result) else _Fate.STOPPED


def _before_submission(result: Result) -> Result:
    """A silence before the prompt is no doubt: nothing was handed over."""
    if result.kind in (ResultKind.TIMEOUT, ResultKind.RESTARTED):
        return Result(ResultKind.NO_PROMPT, None, result.text)
    return result


def late(context: Context, event: Late) -> None:
    """An answer that came after its time-out: `+CMGS: n` settles the doubt about the last part."""
    reference = answers.message_reference(event.lines)
    if context.submitted is not None and reference is not None:
        context.ledger.accepted(context.submitted, reference)
        context.submitted = None
