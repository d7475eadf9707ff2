"""What the jobs make of each model: its transcript goes through the engine and every job."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.at import nettime
from gateway.at.profiles import PROFILES
from gateway.modem.jobs import direct, radio, receive, send, setup, sim
from gateway.modem.ledger import ReadPdu
from tests.at.test_transcripts import byte_by_byte, whole
from tests.modem.conftest import work
from tests.modem.recorded import FOLDER, Recorded

FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("split", [whole, byte_by_byte])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_jobs_understand_the_model(path: Path, split):
    modem = Recorded(path, split)
    found = dict(life(modem))
    assert {key: found.get(key) for key in modem.expected} == modem.expected


def life(modem: Recorded):
    """From the first AT to a message out and one in, as facts."""
    context = modem.context
    found = modem.run(setup.set_up(context))
    assert found.answered, found.why
    context.profile, context.model = found.profile, found.identity.model
    yield "profile", found.profile.name
    yield "model", f"{found.identity.manufacturer} {found.identity.model}"
    yield "imei", found.identity.imei
    opened = modem.run(sim.open_sim(context))
    assert opened.event is None, opened.why
    yield "sim", f"{opened.sim.iccid} {opened.sim.imsi}"
    prepared = modem.run(setup.prepare_sms(context))
    if prepared.why:
        yield "cannot", prepared.why
        return
    yield "news", context.news
    yield "reports", context.way
    yield "memories", " ".join(context.memories)
    yield "centre", prepared.smsc or "-"
    seen = modem.run(radio.look_around(context))
    where = "roaming" if seen.roaming else "home"
    yield "network", f"{seen.event} {seen.operator or '-'} {seen.signal_dbm} {where}"
    modem.run(receive.sweep(context))
    yield from sent(modem)
    modem.news.clear()
    modem.listen()
    yield from heard(modem)


def sent(modem: Recorded):
    if "sent" not in modem.expected:
        return
    modem.run(send.send(modem.context, work("hi"), more=False))
    ((_, reference),) = modem.ledger.all("accepted")
    yield "sent", str(reference)


def heard(modem: Recorded):
    for urc in modem.news:
        if (told := nettime.news(urc.line)) is not None:
            yield "time", datetime.fromtimestamp(told.at / 1000, UTC).isoformat()[:19]
        match receive.understand(urc):
            case receive.StorageNotice() as notice:
                modem.run(receive.read_announced(modem.context, notice))
                kept = modem.ledger.kept[-1]
                assert f"AT+CMGD={kept.slot}" in modem.heard
                yield "received", f"{kept.memory} {kept.slot}"
            case ReadPdu() as pdu:
                modem.context.heard.append((modem.context.connection_id, pdu))
                modem.run(direct.keep_heard(modem.context))
                yield "direct", str(pdu.tpdu_length)


def test_every_profile_has_a_transcript_and_says_where_its_facts_come_from():
    profiles = {Recorded(path, whole).expected["profile"] for path in FILES}
    assert {row.name for row in PROFILES} - {"simcom"} <= profiles  # the rest of that maker
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in FILES)
