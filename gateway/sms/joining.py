"""Parts as one text again (3GPP TS 23.040 clause 9.2.3.24.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gateway.sms import gsm7, octets, ucs2
from gateway.sms.dcs import Alphabet, Dcs
from gateway.sms.userdata import UserData

FOR_THE_SIM = 2  # message class
Part = tuple[UserData, Dcs]


@dataclass(frozen=True, slots=True)
class JoinedText:
    """The text, which parts it lacks, and the octets when the message is 8-bit data.

    `codec`: how those octets read as text, "" when they do not.
    """

    text: str
    missing: tuple[int, ...]
    data: bytes = b""
    codec: str = ""


def join_text(parts: Mapping[int, Part], total: int) -> JoinedText:
    """The text of parts 1..total, a note in the place of each one that is missing.

    Other people's software cuts anywhere: an escape and its character, or the halves of a surrogate
    pair, may lie in two parts. So octets are joined first and decoded then.
    """
    data = _data(parts)
    codec = octets.charset(data) if _may_be_text(parts.values()) else ""
    texts: list[str] = []
    run: list[Part] = []
    missing = []
    for seq in range(1, total + 1):
        part = parts.get(seq)
        if part is None:
            missing.append(seq)
            texts += [_run_text(run, codec), f"[part {seq} of {total} missing]"]
            run = []
        else:
            if run and run[-1][1].alphabet is not part[1].alphabet:
                texts.append(_run_text(run, codec))
                run = []
            run.append(part)
    texts.append(_run_text(run, codec))
    return JoinedText("".join(texts), tuple(missing), data, codec)


def _data(parts: Mapping[int, Part]) -> bytes:
    coded = [parts[seq] for seq in sorted(parts)]
    return b"".join([data.payload for data, dcs in coded if dcs.alphabet is Alphabet.DATA])


def _may_be_text(parts: Collection[Part]) -> bool:
    """Not what a port or the SIM is meant to get, nor what was compressed."""
    return all(
        data.ports is None and not dcs.compressed and dcs.message_class != FOR_THE_SIM
        for data, dcs in parts
    )


def _run_text(run: list[Part], codec: str) -> str:
    """The text of parts that follow one another without a gap, in one alphabet."""
    if not run:
        return ""
    alphabet = run[0][1].alphabet
    if alphabet is Alphabet.UCS2:
        return ucs2.decode(b"".join([ucs2.even(data.payload) for data, _ in run]))
    if alphabet is Alphabet.GSM7:
        return _septet_text([data for data, _ in run])
    data = b"".join([data.payload for data, _ in run])
    return data.decode(codec, "replace").rstrip("\0") if codec else ""


def _septet_text(run: list[UserData]) -> str:
    """Each part with its own language tables; an escape at the end moves to the next part."""
    texts = []
    carried = b""
    for data in run:
        payload = carried + data.payload
        carried = b""
        if gsm7.ends_in_escape(payload):
            payload, carried = payload[:-1], payload[-1:]
        texts.append(gsm7.decode(payload, data.locking, data.single))
    return "".join(texts)
