"""The box is killed, unplugged and cut off while it works. Nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.simnet import Network
from tests.support.box import RunningBox, eventually
from tests.support.radio import texts_sent

PHONE = "+254799000001"


@pytest.fixture
def one_modem(network: Network, tmp_path: Path) -> Iterator[tuple[Network, RunningBox]]:
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        yield network, box.start()


def texts(network: Network) -> list[str]:
    return sorted(texts_sent(network))


def test_killed_with_a_full_outbox_everything_goes_out_once(one_modem):
    network, box = one_modem
    box.wait_for_modems(1)
    network.modems[0].air_time = 0.1  # so that the kill comes in the middle
    ids = [box.send(f"number {n}", PHONE, withDeliveryReport=False) for n in range(40)]
    eventually(lambda: len(network.sent) >= 5)
    box.kill()
    sent_before = len(network.sent)
    assert sent_before < 40, "the kill came too late to mean anything"
    box.start()
    eventually(lambda: all(box.state(i) in ("Sent", "Uncertain") for i in ids))
    doubtful = [i for i in ids if box.state(i) == "Uncertain"]
    assert len(doubtful) <= 1, "only the one under way can be in doubt"
    out = texts(network)
    assert len(out) == len(set(out)), "something was sent twice"
    missing = {f"number {n}" for n in range(40)} - set(out)
    assert len(missing) <= len(doubtful), "something was lost without being said"


def test_killed_right_after_ctrl_z_the_message_is_uncertain_and_not_sent_again(one_modem):
    network, box = one_modem
    box.wait_for_modems(1)
    network.modems[0].faults.lost_cmgs = 1
    message = box.send("once", PHONE, withDeliveryReport=False)
    eventually(lambda: texts(network) == ["once"])
    box.kill()
    box.start()
    box.wait_for(message, "Uncertain")
    box.wait_for_modems(1)
    after = box.send("and on", PHONE, withDeliveryReport=False)
    box.wait_for(after, "Sent")
    assert texts(network) == ["and on", "once"]


def test_a_delivery_report_settles_what_a_kill_left_in_doubt(one_modem):
    network, box = one_modem
    box.wait_for_modems(1)
    network.switch(PHONE, on=False)
    network.modems[0].faults.lost_cmgs = 1
    message = box.send("once", PHONE)
    eventually(lambda: texts(network) == ["once"])
    box.kill()
    box.start()
    box.wait_for(message, "Uncertain")
    network.switch(PHONE, on=True)
    box.wait_for(message, "Delivered")


def test_what_arrives_while_the_box_is_dead_is_there_once_it_lives_again(one_modem):
    network, box = one_modem
    box.wait_for_modems(1)
    number = network.modems[0].number
    network.phone_send(PHONE, number, "before")
    eventually(lambda: len(box.inbox()) == 1)
    box.kill()
    long_text = "while you were away " * 30
    network.phone_send(PHONE, number, long_text)
    box.start()
    eventually(lambda: len(box.inbox()) == 2)
    contents = [m["contentPreview"] for m in box.inbox()]
    assert any(c.startswith("while you were away") for c in contents)


def test_a_modem_pulled_out_while_sending_leaves_the_rest_to_the_other(network, tmp_path):
    first = network.add_modem(air_time=0.2)
    second = network.add_modem(air_time=0.2)
    with RunningBox(tmp_path, ports=[first.port, second.port]) as box:
        box.start()
        box.wait_for_modems(2)
        ids = [box.send(f"number {n}", f"+2547990001{n:02d}") for n in range(20)]
        eventually(lambda: len(network.sent) >= 4)
        first.unplug()
        eventually(lambda: all(box.state(i) in ("Sent", "Delivered", "Uncertain") for i in ids))
        out = texts(network)
        assert len(out) == len(set(out))
        doubtful = sum(box.state(i) == "Uncertain" for i in ids)
        assert doubtful <= 1
        assert len(out) >= 20 - doubtful


def test_sigterm_ends_it_within_five_seconds_also_while_sending(network, tmp_path):
    modem = network.add_modem(air_time=1.0)
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start()
        box.wait_for_modems(1)
        ids = [box.send(f"number {n}", PHONE) for n in range(5)]
        eventually(lambda: "Processed" in [box.state(i) for i in ids])
        assert box.stop() < 5
        assert not [line for line in box.output if "Traceback" in line]


def test_two_boxes_never_run_on_one_data_folder(one_modem):
    _, box = one_modem
    second = box.command("run", "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert "already running" in second.stderr


def test_a_flood_of_messages_does_not_keep_an_alarm_from_going_out(one_modem):
    network, box = one_modem
    box.wait_for_modems(1)
    for n in range(150):
        network.phone_send(f"+2547100{n:05d}", network.modems[0].number, "flood")
    alarm = box.send("alarm", PHONE, withDeliveryReport=False)
    box.wait_for(alarm, "Sent")
    assert len(box.inbox()) < 150, "it waited for all of them"
    eventually(lambda: len(box.inbox()) == 150)
