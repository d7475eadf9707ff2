"""The whole service, with nothing listed in its config and sticks on a pretend USB bus."""

from __future__ import annotations

from functools import partial

import pytest

from gateway.config import Config
from gateway.process import app
from gateway.process.control import client
from gateway.services.messages.accept import WrittenMessage
from gateway.simnet import Network
from gateway.simnet.textmode import Codec
from gateway.store.connections import connections
from gateway.store.file import database
from hw.simulator import SimulatedModem
from tests.support.box import eventually
from tests.support.radio import texts_sent
from tests.support.usb import DeadPort, FakeUsb


@pytest.fixture
def usb(tmp_path, monkeypatch):
    made = FakeUsb(tmp_path)
    watch = partial(app.PortWatch, sysfs=made.sysfs, dev=made.dev)
    monkeypatch.setattr(app, "PortWatch", watch)
    return made


@pytest.fixture
def network():
    with Network() as running:
        yield running


@pytest.fixture
def box(tmp_path, usb, network):
    service = app.Service(Config(data=tmp_path / "data", country="KE"))
    running = service.start()
    try:
        with database.connected():
            yield running
    finally:
        service.stop()


def ready(box):
    return sorted(m.port for m in box.status.snapshot().modems if m.state == "ready")


def test_a_stick_is_plugged_in_and_sends(box, usb, network):
    usb.plug("1-1.2", "1e0e:9001")
    port = usb.port("1-1.2", 2, "ttyUSB2", network.add_modem().port)
    eventually(lambda: ready(box) == [port])
    box.messaging.send(WrittenMessage("+254700000001", "hello"), author="tests", origin="page")
    eventually(lambda: texts_sent(network) == ["hello"])
    (modem,) = connections.all_modems()
    assert (modem.usb_path, modem.port) == ("1-1.2", port)


def test_76_two_sticks_with_one_imei_are_two_modems_in_the_store(box, usb, network):
    first = network.add_modem()
    card = network.add_modem().card
    second = SimulatedModem(card, network, imei=first.imei, text_codec=Codec())
    network.attach(second)
    second.start()
    for n, modem in enumerate((first, second)):
        usb.plug(f"1-1.{n}", "12d1:1506")
        usb.port(f"1-1.{n}", 2, f"ttyUSB{n}", modem.port, ("ff", "01", "02"))
    eventually(lambda: len(ready(box)) == 2)
    known = connections.all_modems()
    assert {m.imei for m in known} == {first.imei}
    assert sorted(m.usb_path for m in known) == ["1-1.0", "1-1.1"]
    assert len(connections.all_connections()) == 2


def test_18_messages_wait_for_a_stick_that_is_out_and_go_when_it_is_back(box, usb, network):
    modem = network.add_modem()
    usb.plug("1-1", "2c7c:0125")
    usb.port("1-1", 2, "ttyUSB2", modem.port)
    eventually(lambda: ready(box))
    modem.unplug()
    usb.unplug("1-1")
    eventually(lambda: "unplugged" in str(box.status.snapshot().modems))
    box.messaging.send(WrittenMessage("+254700000001", "later"), author="tests", origin="page")
    modem.replug()
    usb.plug("1-1", "2c7c:0125")
    usb.port("1-1", 2, "ttyUSB6", modem.port)
    eventually(lambda: texts_sent(network) == ["later"], patience=15.0)
    assert len(connections.all_modems()) == 1


def test_75_what_cannot_be_served_is_in_the_status_and_for_the_command_line(
    box, usb, tmp_path, monkeypatch
):
    monkeypatch.setattr("gateway.modem.port_watch.MODE_PATIENCE", 0.5)
    usb.plug("1-3", "12d1:14dc", "HUAWEI Mobile", classes="02 06 00")
    eventually(lambda: box.status.snapshot().findings)
    assert "stick firmware" in box.status.snapshot().why_nothing_goes_out
    (told,) = client.ask(tmp_path / "data", "status")["findings"]
    assert told["key"] == "hilink"
    assert "HUAWEI Mobile (12d1:14dc) in USB socket 1-3" in told["words"]


def test_a_serial_adapter_stays_untouched(box, usb):
    port = DeadPort()
    usb.plug("1-1", "1a86:7523")
    usb.port("1-1", 0, "ttyUSB0", port.path)
    usb.plug("1-2", "05c6:9008")
    eventually(lambda: len(box.status.snapshot().findings) == 2)
    assert box.status.snapshot().modems == ()
    assert not port.was_used
    port.close()
