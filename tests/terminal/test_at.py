"""`pigeonbox at`: with the port to itself, and through a box that is busy sending."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gateway.terminal.desk import TURN
from tests.support.box import RunningBox, eventually
from tests.support.radio import texts_sent

PHONE = "+254799000001"


def spoken(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


# without the service --------------------------------------------------------------------------


def test_without_the_service_it_opens_the_port_itself(network, tmp_path: Path):
    modem = network.add_modem()
    box = RunningBox(tmp_path, ports=[modem.port])
    done = box.command("at", modem.port, "AT+CSQ", "AT+CPIN?")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["+CSQ: 20,99", "OK", "+CPIN: READY", "OK"]


def test_errors_come_with_their_meaning_and_make_the_exit_code(network, tmp_path: Path):
    modem = network.add_modem()
    modem.faults.sim_missing = True
    box = RunningBox(tmp_path, ports=[modem.port])
    done = box.command("at", "--json", modem.port, "AT+CMEE=1", "--force", "AT+CPIN?")
    assert done.returncode == 1
    last = spoken(done)[-1]
    assert (last["result"], last["code"]) == ("CME", 10)
    assert "SIM" in last["words"]


def test_typed_lines_are_commands_until_exit(network, tmp_path: Path):
    modem = network.add_modem()
    box = RunningBox(tmp_path, ports=[modem.port])
    done = box.command("at", modem.port, stdin="AT+CSQ\n\nATD123\nat+cfun?\nexit\nAT+CPIN?\n")
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["+CSQ: 20,99", "OK", "+CFUN: 1", "OK"]
    assert "refused: it calls somebody" in done.stderr


def test_a_forced_prompt_is_left_again_and_nothing_is_sent(network, tmp_path: Path):
    modem = network.add_modem()
    box = RunningBox(tmp_path, ports=[modem.port])
    done = box.command("at", "--force", "--json", modem.port, "AT+CMGS=20", "AT+CSQ")
    assert [r["result"] for r in spoken(done)] == ["ERROR", "OK"]
    assert list(network.sent) == []


def test_a_port_that_is_not_there_is_told_in_one_line(tmp_path: Path):
    box = RunningBox(tmp_path)
    done = box.command("at", "/dev/pigeon-none", "AT")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "pigeonbox: /dev/pigeon-none is not there; is the modem plugged in?\n"


def test_a_name_that_no_connection_has_is_told(tmp_path: Path):
    done = RunningBox(tmp_path).command("at", "Shop", "AT")
    assert done.returncode == 1
    assert "no connection called Shop" in done.stderr


# through the service --------------------------------------------------------------------------


def test_a_busy_service_answers_between_two_messages_and_nothing_is_disturbed(network, tmp_path):
    modem = network.add_modem(air_time=0.3)
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        ids = [box.send(f"number {n}", PHONE) for n in range(30)]
        eventually(lambda: len(network.sent) >= 2)
        with ThreadPoolExecutor(2) as people:
            many = ["AT+CSQ", "AT+CPMS?", "ATI", "AT+CREG?", "AT+CMGL=4", "AT+CUSD=2"] * 2
            two = [people.submit(box.command, "at", "--json", modem.port, *many) for _ in "12"]
            answers = [spoken(person.result()) for person in two]
        assert len(network.sent) < 30, "all was sent before the questions came"
        for replies in answers:
            assert [r["command"] for r in replies] == many
            assert [r["result"] for r in replies] == ["OK"] * 12
            assert replies[0]["lines"] == ["+CSQ: 20,99"]
            assert replies[2]["lines"] == ["Manufacturer: Pigeonbox", "Model: Simulated Modem"]
        for message in ids:
            box.wait_for(message, "Delivered")
        assert sorted(texts_sent(network)) == sorted(f"number {n}" for n in range(30))


def test_what_would_disturb_it_never_reaches_the_modem(network, tmp_path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        harm = ["AT+CMGS=20", "AT+CMGW=20", "ATD1", "AT&F", "AT&W", "AT+CFUN=1,1", "AT+CMGD=1,4"]
        done = box.command("at", "--json", modem.port, *harm, 'AT+CPIN="1"', 'AT+CUSD=1,"*100#"')
        replies = spoken(done)
        assert done.returncode == 1
        assert [r["result"] for r in replies] == ["REFUSED"] * 9
        assert all(": " in r["words"] for r in replies)
        message = box.send("still fine", PHONE)
        box.wait_for(message, "Delivered")


def test_a_modem_that_is_not_ready_can_be_spoken_to_as_well(network, tmp_path):
    modem = network.add_modem(pin="1234")
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start()
        eventually(lambda: "SIM locked" in box.command("modems").stdout)
        done = box.command("at", modem.port, "AT+CPIN?", "AT+CSQ")
        assert done.stdout.splitlines() == ["+CPIN: SIM PIN", "OK", "+CSQ: 99,99", "OK"]


def test_a_connection_may_be_named_instead_of_its_port(network, tmp_path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        (told,) = json.loads(box.command("modems", "--json").stdout)
        done = box.command("at", told["connection_name"], "AT+CSQ")
        assert done.stdout == "+CSQ: 20,99\nOK\n"


def test_after_a_forced_setting_the_service_sets_the_modem_up_again(network, tmp_path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        done = box.command("at", "--force", "--json", modem.port, "AT+CMGF=1", "AT+CNMI=0,0,0,0,0")
        assert [r["result"] for r in spoken(done)] == ["OK", "OK"]
        message = box.send("in PDU mode again", PHONE)
        box.wait_for(message, "Delivered", patience=90)


def test_a_forced_prompt_does_not_stay_open_in_the_service(network, tmp_path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        box.command("at", "--force", modem.port, "AT+CMGS=20")
        message = box.send("after it", PHONE)
        box.wait_for(message, "Delivered")
        assert texts_sent(network) == ["after it"]


def test_a_modem_that_goes_silent_is_told_and_holds_up_no_other_question(network, tmp_path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        modem.faults.silent = True
        with ThreadPoolExecutor(1) as person:
            words = ("at", "--seconds", "2", modem.port, "AT+CSQ")
            asking = person.submit(box.command, *words, patience=TURN + 30)  # it has a turn to wait
            assert box.command("modems", "--json").returncode == 0
            done = asking.result()
        assert done.returncode == 1
        modem.faults.silent = False
