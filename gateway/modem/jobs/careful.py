"""Reading over a line that may lose characters: what does not agree with itself is read again.

A lost character makes a PDU shorter than its header says, and an index or identity another one.
Modems that count wrongly say the same thing twice; a lossy line does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway import sms
from gateway.at import Command, Response, answers, commands
from gateway.modem.jobs.base import Context, Job, ask

TRIES = 5  # readings of one thing
FINAL = ("OK", "ERROR", "CMS", "CME")  # results that a modem gives which is there all the time
SAME = 3  # equal readings that prove that a modem counts wrongly; runs of 0 lose one alike


def agrees(pdu: str, tpdu_length: int | None) -> bool:
    """Whether a PDU is as long as its header says (27.005 3.1: without the service centre), and a
    message: lost characters can make both lengths wrong alike.
    """
    if len(pdu) % 2 or len(pdu) < 4:
        return False
    tpdu = bytes.fromhex(pdu)[1 + int(pdu[:2], 16) :]
    return tpdu_length in (None, len(tpdu)) and sms.is_whole(tpdu)


def is_cut(pdu: str, tpdu_length: int | None) -> bool:
    """Whether characters are missing from it."""
    if len(pdu) % 2 or len(pdu) < 4:
        return True
    return tpdu_length is not None and len(pdu) // 2 - 1 - int(pdu[:2], 16) < tpdu_length


def is_certain(pdu: str, tpdu_length: int | None) -> bool:
    """Whether it is a PDU for sure: as long as its header says, or else a whole message. Other
    hexadecimal digits may be a text.
    """
    if len(pdu) % 2 or len(pdu) < 4:
        return False
    tpdu = bytes.fromhex(pdu)[1 + int(pdu[:2], 16) :]
    return len(tpdu) == tpdu_length or sms.is_whole(tpdu) or sms.is_whole(tpdu[:tpdu_length])


def read(context: Context, command: Command) -> Job[Response]:
    """Ask for stored messages. What comes in text mode is asked for again in PDU mode.

    A modem that restarted without a word answers so, and its text may look like a PDU.
    """
    answer = yield from ask(command)
    if answers.in_text_mode(answer.lines):
        context.mode_lost = True
        yield from ask(commands.cmgf(0))
        answer = yield from ask(command)
        context.text_only = answers.in_text_mode(answer.lines)
    context.unsure |= answer.result.kind not in FINAL
    return answer


def slot(
    context: Context, number: int, seen: str = ""
) -> Job[tuple[answers.StorageEntry | None, bool]]:
    """What is stored there, None for nothing; and whether that is sure.

    `seen`: a reading of before that did not agree.
    """
    readings = Counter([seen] if seen else [])
    set_again = False
    for _ in range(TRIES):
        answer = yield from read(context, commands.cmgr(number))
        entry = answers.cmgr(answer.lines)
        if entry is None:
            if not answers.in_text_mode(answer.lines) and _says_empty(answer):
                return None, True
            continue
        entry = replace(entry, index=number)
        readings[entry.pdu] += 1
        enough = TRIES if len(entry.pdu) % 2 else SAME
        if agrees(entry.pdu, entry.length):
            return entry, True
        if not (set_again or is_certain(entry.pdu, entry.length)):  # a text, perhaps
            set_again = True
            yield from ask(commands.cmgf(0))
        elif readings[entry.pdu] >= enough:
            return entry, True
    return None, False


def _says_empty(answer: Response) -> bool:
    """A bare OK, an error that says so, or a header with a length of 0."""
    if answer.lines:
        return answers.last_integer(answer.lines[0]) == 0
    return answer.result.ok or answers.is_empty_slot(answer.result)


def is_doubtful(entries: Sequence[answers.StorageEntry], usage: answers.MemoryUsage) -> bool:
    """Whether a listing says anything that cannot be so: then its indices prove nothing either."""
    indices = [entry.index for entry in entries]
    return (
        len(set(indices)) < len(indices)
        or (usage.total > 0 and len(entries) != usage.used)
        or not all(agrees(entry.pdu, entry.length) for entry in entries)
    )


def settle(
    context: Context, listed: Sequence[answers.StorageEntry]
) -> Job[list[answers.StorageEntry]]:
    """What a doubtful listing comes to, slot by slot. What stays unclear is left out: it is still
    there at the next look.
    """
    sure: list[answers.StorageEntry] = []
    for index in sorted({entry.index for entry in listed}):
        of_it = [entry for entry in listed if entry.index == index]
        wrong = next((e.pdu for e in of_it if not agrees(e.pdu, e.length)), "")
        entry, is_sure = yield from slot(context, index, wrong)
        if is_sure and entry is not None:
            sure.append(replace(entry, status=of_it[0].status))
        elif not is_sure and len(of_it) == 1 and not wrong:
            sure += of_it
    return sure


def twice(read: Callable[[], Job[str]]) -> Job[str]:
    """What two readings agree on; the last one where none do."""
    before = yield from read()
    for _ in range(TRIES):
        now = yield from read()
        if now == before:
            break
        before = now
    return before
