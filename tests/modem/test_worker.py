"""A modem's thread against a modem on a pty: what it records, and in which order."""

from __future__ import annotations

import os

import pytest

from hw.simulator import PERSONALITIES
from tests.modem.conftest import ready, until, work
from tests.support.radio import texts_sent


def test_a_part_is_submitted_on_disk_before_the_network_has_it(network, ledger, start):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    before = []
    ledger.on["submitting"] = lambda: before.append(len(network.sent))
    assert worker.assign([work("hello")])
    ((part, reference),) = ledger.wait("accepted")
    assert before == [0]
    assert part == 11
    assert 0 <= reference <= 255
    assert texts_sent(network) == ["hello"]


def test_a_long_text_goes_out_part_by_part_and_arrives_whole(network, ledger, start):
    worker = start(network.add_modem().port)
    until(lambda: ready(worker))
    text = "Grüße 🐦 " * 40
    worker.assign([work(text, dispatch_id=2)])
    ledger.wait("accepted", count=len(work(text).parts))
    steps = [n for n in ledger.names if n in ("submitting", "accepted")]
    assert steps == ["submitting", "accepted"] * len(work(text).parts)
    assert [m.text for m in network.phone_inbox("+4917139200990")] == [text]


def test_no_answer_after_ctrl_z_is_doubtful_and_nothing_else_of_the_message_is_sent(
    network, ledger, start, impatient
):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.lost_cmgs = 1
    worker.assign([work("x" * 400)])
    assert ledger.wait("doubtful") == [11]
    assert ledger.all("submitting") == [11]
    until(lambda: ready(worker))
    worker.assign([work("and on it goes", dispatch_id=2)])
    assert ledger.wait("accepted")[0][0] == 21


def test_a_late_reference_settles_the_doubt(network, ledger, start, impatient):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.late_by = 1.5
    modem.faults.late_cmgs = 1
    worker.assign([work()])
    ledger.wait("doubtful")
    assert ledger.wait("accepted")[0][0] == 11
    assert len(network.sent) == 1


def test_the_reference_without_its_ok_is_accepted(network, ledger, start, impatient):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.lost_ok = 1
    worker.assign([work()])
    assert ledger.wait("accepted")[0][0] == 11
    assert ledger.all("doubtful") == []


def test_a_restart_between_ctrl_z_and_the_answer_is_doubtful_at_once(network, ledger, start):
    modem = network.add_modem(personality=PERSONALITIES["sim800"])
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.strike_at, modem.faults.strike = "after_ctrl_z", 1
    worker.assign([work()])
    assert ledger.wait("doubtful") == [11]
    until(lambda: ready(worker), patience=30)


def test_a_modem_unplugged_before_the_prompt_gives_the_work_back(network, ledger, start):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.strike_at, modem.faults.strike_with = "before_prompt", "unplug"
    modem.faults.strike = 1
    worker.assign([work(dispatch_id=1), work(dispatch_id=2)])
    assert sorted(ledger.wait("released", count=2)) == [1, 2]
    assert ledger.all("submitting") == []


def test_no_prompt_is_no_doubt(network, ledger, start, monkeypatch):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.refuse, modem.faults.refuse_with = 1, "CMS 38"
    worker.assign([work()])
    ((part, why),) = ledger.wait("refused")
    assert (part, why.label) == (11, "CMS 38")


def test_a_received_sms_is_on_disk_before_it_is_deleted(network, ledger, start):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    network.phone_send("+4917139200991", modem.number, "help")
    ledger.wait("keep")
    ledger.wait("erased")
    names = [n for n in ledger.names if n in ("keep", "erased")]
    assert names == ["keep", "erased"]


def test_what_cannot_be_stored_stays_in_the_modem_and_is_fetched_again(network, ledger, start):
    modem = network.add_modem()
    ledger.fail["keep"] = [OSError("disk full")] * 2
    network.phone_send("+4917139200991", modem.number, "help")
    start(modem.port)
    ledger.wait("erased", patience=60)
    assert ledger.fail["keep"] == []
    assert len(ledger.kept) == 1


def test_what_came_while_nobody_listened_is_swept_at_the_start(network, ledger, start):
    modem = network.add_modem()
    for n in range(3):
        network.phone_send("+4917139200991", modem.number, f"number {n}")
    start(modem.port)
    until(lambda: len(ledger.kept) == 3)


def test_a_port_that_is_not_there_is_waited_for(network, ledger, start, tmp_path):
    link = tmp_path / "modem"
    worker = start(str(link))
    until(lambda: "not there" in worker.telemetry.why)
    modem = network.add_modem()
    os.symlink(modem.port, link)
    until(lambda: ready(worker))


def test_a_file_that_is_no_serial_port_is_said_to_be_none(ledger, start, tmp_path):
    path = tmp_path / "file"
    path.write_text("")
    worker = start(str(path))
    until(lambda: "not a serial port" in worker.telemetry.why)


def test_a_missing_sim_is_said_and_its_insertion_noticed(network, ledger, start, monkeypatch):
    from gateway.modem import duties as module

    monkeypatch.setitem(module.SIM_RETRY, module.ModemState.SIM_MISSING, 0.2)
    modem = network.add_modem()
    modem.faults.sim_missing = True
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "sim_missing")
    modem.faults.sim_missing = False
    until(lambda: ready(worker))


@pytest.mark.parametrize("right", [True, False])
def test_a_pin_is_entered_once(network, ledger, start, right, monkeypatch):
    from gateway.modem import duties as module

    monkeypatch.setitem(module.SIM_RETRY, module.ModemState.SIM_LOCKED, 0.2)
    modem = network.add_modem(pin="1234")
    ledger.pin = "1234" if right else "4321"
    worker = start(modem.port)
    if right:
        until(lambda: ready(worker))
    else:
        ledger.wait("pin_for", count=3)
        assert worker.telemetry.state == "sim_locked"
        assert "PIN" in worker.telemetry.why


def test_a_modem_that_is_not_registered_is_not_given_work(network, ledger, start):
    modem = network.add_modem()
    modem.faults.registration = 3
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "denied")
    assert not worker.assign([work()])
    assert worker.free_slots == 0


def test_stopping_finishes_the_submission_under_way(network, ledger, start):
    modem = network.add_modem(air_time=0.5)
    worker = start(modem.port)
    until(lambda: ready(worker))
    worker.assign([work(dispatch_id=1), work(dispatch_id=2)])
    ledger.wait("submitting")
    worker.ask_to_stop()
    assert worker.join(5)
    assert [part for part, _ in ledger.all("accepted")] == [11]
    assert ledger.all("released") == [2]
