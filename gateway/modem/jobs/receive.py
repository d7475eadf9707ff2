"""Fetch what the modem has received: read it, have it on disk, and only then delete it there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway import sms
from gateway.at import Urc, answers, commands, urcs
from gateway.at.classify import pdu_in_header
from gateway.modem.jobs import careful, textual
from gateway.modem.jobs.base import Context, Job, ask
from gateway.modem.jobs.memory import enter, select
from gateway.modem.jobs.textual import is_text
from gateway.modem.ledger import ReadPdu

DELETE_TRIES = 3
MOST_SLOTS = 300
LIST_ANYWAY = 10  # sweeps; in between a memory for reports that says to be empty is believed
# Perhaps a +CMTI or +CDSI that has lost its last letter; the PDU behind it is of a listing then.
CLIPPED = re.compile(r'\+(?:CMT|CDS):\s*"?(?P<memory>[A-Z]{1,2})"?,\s*(?P<slot>\d+)')
OUTGOING = (2, 3)  # status of copies that a phone-like modem keeps of what it sent


@dataclass(frozen=True, slots=True)
class StorageNotice:
    """`+CMTI: "SM",3`: the modem has stored something. Slot -1: look through everything."""

    memory: str
    slot: int
    of_report: bool = False  # +CDSI; some name another memory than it lies in


def understand(urc: Urc) -> StorageNotice | ReadPdu | None:
    """What an unsolicited line says of received messages, if anything."""
    match urc.name:
        case "+CMTI" | "+CDSI":
            memory, slot = answers.stored_at(urc.line) or ("", -1)
            return StorageNotice(memory, slot, of_report=urc.name == "+CDSI")
        case "+CMT" if in_text_mode(urc):
            try:
                return ReadPdu(textual.as_pdu(urc.line, urc.data))
            except sms.EncodeError:
                return ReadPdu(urc.data)  # shown as what it is
        case "+CDS" if in_text_mode(urc):
            try:
                return ReadPdu(textual.report_as_pdu(urc.line))
            except sms.EncodeError:
                return None
        case "+CMT" | "+CDS":
            pdu = urc.data.strip()
            length = _told_length(urc.line, pdu)
            clipped = CLIPPED.fullmatch(urc.line)
            if clipped and not careful.agrees(pdu, length):
                return StorageNotice(clipped["memory"], int(clipped["slot"]))
            if not pdu or (urc.name == "+CDS" and _is_damaged(pdu, length)):
                return None  # half a report settles nothing
            return ReadPdu(pdu, tpdu_length=length)
    return StorageNotice("", -1) if _says_full(urc) else None


def in_text_mode(urc: Urc) -> bool:
    """Whether the modem hands something over as text: its settings are lost."""
    return urc.name in ("+CMT", "+CDS") and not pdu_in_header(urc.line) and is_text(urc.line)


def _says_full(urc: Urc) -> bool:
    """Whether it says that a memory for messages has no room: nothing more comes in before it has.

    27.007 8.8 leaves the numbers of indicators to the maker; there 8 is "smsfull".
    """
    if urc.name in urcs.MEMORY_FULL:
        return True
    said = urc.line.partition(":")[2].lower().replace(" ", "")
    return "smsfull" in said or (urc.name == "+CIEV" and said in ("8,1", "8,2"))


def _is_damaged(pdu: str, tpdu_length: int | None) -> bool:
    """Whether characters are missing, at its end or so that its parts are out of place; what some
    modems fill up behind it does no harm.
    """
    return careful.is_cut(pdu, tpdu_length) or not careful.agrees(pdu, None)


def _told_length(header: str, pdu: str) -> int | None:
    """The number at the end of a header; Telit has the PDU behind it in the same line."""
    return answers.last_integer((header.partition(pdu)[0] if pdu else header).rstrip('", '))


def read_announced(context: Context, notice: StorageNotice) -> Job[None]:
    """Read one message where the modem said it is; anything unclear becomes a sweep."""
    _begin(context)
    if notice.slot < 0 or not notice.memory:
        yield from sweep(context)
        return
    if not (yield from select(context, notice.memory)):
        yield from sweep(context)
        return
    entry, is_sure = yield from careful.slot(context, notice.slot)
    if (
        entry is None or not is_sure
    ):  # a sweep was quicker, or it lies in another memory than was said
        yield from sweep(context)
        return
    pdu = ReadPdu(entry.pdu, notice.memory, notice.slot, entry.length)
    yield from _keep_and_delete(context, [pdu])
    if notice.of_report and _is_message(entry.pdu):  # the report is somewhere else
        yield from sweep(context)


def sweep(context: Context) -> Job[None]:
    """Read every message of every memory; a +CMTI can get lost, a stored message must not."""
    _begin(context)
    were_full: list[answers.MemoryUsage] = []
    context.strange.clear()
    all_of_it = context.sweeps % LIST_ANYWAY == 0
    context.sweeps += 1
    for memory in context.memories or ("",):
        usage = yield from _enter(context, memory)
        if usage is None:
            continue
        were_full += [usage] if usage.full else []
        if memory in context.reports and usage.empty and not all_of_it:
            continue
        entries = yield from _list(context, usage)
        if careful.is_doubtful(entries, usage):
            entries = yield from careful.settle(context, entries)
        received = [
            ReadPdu(e.pdu, memory, e.index, e.length) for e in entries if e.status not in OUTGOING
        ]
        yield from _keep_and_delete(context, received)
        for entry in entries:
            if entry.status in OUTGOING:
                yield from _delete(context, ReadPdu(entry.pdu, memory, entry.index, entry.length))
    if context.memories:
        yield from select(context, context.memories[0])
    full = yield from _after_full(context, were_full)
    context.storage = " ".join(filter(None, (full, *_unreadable(context))))


def _begin(context: Context) -> None:
    """Which memory is read from is not known any more when an answer did not come since."""
    if context.unsure:
        context.unsure, context.memory = False, ""


def _unreadable(context: Context) -> Iterator[str]:
    """What stays in the modem because nobody can read it."""
    for memory in sorted(context.unread):
        yield UNREAD.format(memory=memory)
    if context.strange:
        yield STRANGE.format(count=len(context.strange))
    if context.text_only:
        yield TEXT_ONLY


UNREAD = (
    "The message storage {memory}, which this modem says to have, cannot be read: what comes into"
    " it is not seen. If messages are missing, use another modem or another firmware."
)
STRANGE = (
    "{count} of what this modem shows as received SMS cannot be one. It is in the inbox as it came"
    " and left in the modem; look at the SIM in a phone and delete it there."
)
TEXT_ONLY = (
    "This modem shows what it has received as text although it was told not to; such messages are"
    " left in it. Take the modem out and put it in again; if that does not help, use another one."
)
FREED = "The message storage {memory} was full ({total} messages) and has been emptied."
STAYS = (
    "The message storage {memory} is full ({total} messages) and cannot be emptied: nothing more"
    " comes in. Delete messages from the SIM in a phone, or use another SIM."
)
LEFT = (
    "The message storage {memory} is full ({total} messages), because receiving is switched off for"
    " this connection. Switch it on and they come in."
)
UNKNOWN = answers.MemoryUsage("", 0, 0)


def _after_full(context: Context, were_full: Sequence[answers.MemoryUsage]) -> Job[str]:
    """What to say of memories that had no room left; "" when all had."""
    words = []
    for was in were_full:
        if was.memory:
            yield from select(context, was.memory)
        usage = yield from _usage(was.memory)
        off = usage.full and not context.ledger.receives(context.connection_id)
        template = LEFT if off else STAYS if usage.full else FREED
        words.append(template.format(memory=was.memory or "of the modem", total=was.total))
    if words and context.memories:
        yield from select(context, context.memories[0])
    return " ".join(words)


def _enter(context: Context, memory: str) -> Job[answers.MemoryUsage | None]:
    """Choose a memory; how full it is, which the choice itself may tell. None: it is refused."""
    told: tuple[str, ...] = ()
    if memory and context.memory != memory:
        answer = yield from enter(context, memory)
        if not answer.result.ok:
            return None
        told = answer.lines
    return (yield from _usage(memory, told))


def _usage(memory: str, told: tuple[str, ...] = ()) -> Job[answers.MemoryUsage]:
    """How full the memory is that messages are read from; that is the first one told."""
    found = answers.cpms_usage(told)
    if not found:
        found = answers.cpms_usage((yield from ask(commands.cpms_query())).lines)
    if not found:
        return UNKNOWN
    return answers.MemoryUsage(memory or found[0].memory, found[0].used, found[0].total)


def _list(context: Context, usage: answers.MemoryUsage) -> Job[list[answers.StorageEntry]]:
    """All that the memory holds; slot by slot where the modem cannot list."""
    answer = yield from careful.read(context, commands.cmgl())
    result = answer.result
    if result.ok or answer.lines:
        context.unread -= {usage.memory}
    if result.ok or answer.lines or result.kind == "TIMEOUT" or answers.is_busy(result):
        return answers.cmgl(answer.lines)
    entries: list[answers.StorageEntry] = []
    for slot in range(min(usage.total, MOST_SLOTS) + 1):  # the first is 0 or 1
        if len(entries) == usage.used:
            break
        entry = answers.cmgr((yield from careful.read(context, commands.cmgr(slot))).lines)
        if entry is not None:
            entries.append(replace(entry, index=slot))
    if usage.used and not entries:
        context.unread |= {usage.memory}
    return entries


def _keep_and_delete(context: Context, pdus: Sequence[ReadPdu]) -> Job[None]:
    if not context.ledger.receives(context.connection_id):
        pdus = [read for read in pdus if not _is_message(read.pdu)]  # messages stay on the SIM
    if not pdus:
        return
    keys = context.ledger.keep(context.connection_id, pdus)
    context.reports_seen += sum(not _is_message(read.pdu) for read in pdus)
    gone = []
    for pdu, key in zip(pdus, keys, strict=True):
        if not careful.is_certain(pdu.pdu, pdu.tpdu_length):
            context.strange.add((pdu.memory, pdu.slot))
        elif (yield from _delete(context, pdu)):
            gone.append(key)
    context.ledger.erased(gone)


def _is_message(pdu: str) -> bool:
    """Whether it is an SMS-DELIVER by its first octet (TS 23.040 9.2.3.1), and no report."""
    try:
        raw = bytes.fromhex(pdu)
        return raw[1 + raw[0]] & 0b11 == 0
    except (ValueError, IndexError):
        return False


def _delete(context: Context, read: ReadPdu) -> Job[bool]:
    """Delete one slot. When it fails for good, the copy on disk keeps the next sweep harmless.

    Without an answer it may be done all the same, and the slot taken by the next message: asking
    again would delete that one unread.
    """
    if context.unsure and not (yield from _lies_there(context, read)):
        return False
    for _ in range(DELETE_TRIES):
        answer = yield from ask(commands.cmgd(read.slot))
        if answer.result.ok or answers.is_empty_slot(answer.result):
            return True
        if answer.result.kind not in ("ERROR", "CMS", "CME"):
            context.unsure = True
            return False
    return False


def _lies_there(context: Context, read: ReadPdu) -> Job[bool]:
    """Whether this is what is in the slot now: after an answer that did not come the modem may have
    restarted, and work on another memory or SIM than when it was read.
    """
    _begin(context)
    if read.memory and not (yield from select(context, read.memory)):
        return False
    entry, is_sure = yield from careful.slot(context, read.slot)
    return is_sure and entry is not None and entry.pdu == read.pdu and not context.unsure
