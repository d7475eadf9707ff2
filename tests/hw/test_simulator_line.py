"""The line itself: echo, command lines, prompts, the pty."""

import os
import termios
import time
from pathlib import Path

import pytest

from hw.simulator import ALWAYS, SimulatedModem
from hw.simulator.line import Call, split_line
from tests.hw.simulated import SUBMIT, Client, ListingCarrier, card


def test_echo_is_on_at_the_start_and_goes_off_with_ate0(modem: SimulatedModem) -> None:
    client = Client(modem.port)
    assert client.ask("AT") == "AT\r\r\nOK\r\n"
    client.ask("ATE0")
    assert client.ask("AT") == "\r\nOK\r\n"
    client.close()


def test_an_echo_fault_keeps_the_echo_although_ate0_was_answered_ok(modem: SimulatedModem) -> None:
    modem.faults.echo_stays = True
    client = Client(modem.port)
    client.ask("ATE0")
    assert "AT+CSQ\r" in client.ask("AT+CSQ")
    client.close()


def test_an_echo_comes_twice_on_request(client: Client, modem: SimulatedModem) -> None:
    client.ask("ATE1")
    modem.faults.double_echo = True
    assert client.ask("AT").startswith("AT\rAT\r\r\nOK")


def test_results_are_digits_after_atv0(client: Client) -> None:
    client.say("ATV0\r")
    assert client.until(b"0\r") == "0\r"
    client.say("AT+CSQ;+NONSENSE\r")
    assert client.until(b"4\r") == "+CSQ: 20,99\r\n4\r"


def test_several_commands_in_one_line_end_in_one_ok(client: Client) -> None:
    assert client.lines("AT+CREG=1;+CREG?;E0V1+CMEE?") == ["+CREG: 1,1", "+CMEE: 1", "OK"]


def test_a_line_stops_at_the_first_command_that_is_refused(client: Client) -> None:
    assert client.lines("AT+CREG=2;+NONSENSE;+CREG=1") == ["ERROR"]
    assert client.lines("AT+CREG?")[0].startswith("+CREG: 2,1")


def test_a_slash_repeats_the_last_line(client: Client) -> None:
    client.ask("AT+CREG?")
    client.say("A/")
    assert "+CREG: 0,1" in client.until(b"OK\r\n")


def test_junk_before_at_and_a_backspace_do_no_harm(client: Client) -> None:
    assert client.ask("\x1bxyAT+CSX\x08Q") == "\r\n+CSQ: 20,99\r\n\r\nOK\r\n"


def test_a_line_without_at_is_not_answered(client: Client) -> None:
    client.say("login\r")
    assert client.nothing_comes()


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("E0V1", [Call("E", "do", ("0",)), Call("V", "do", ("1",))]),
        ("&FZ", [Call("&F", "do", ("0",)), Call("Z", "do", ("0",))]),
        ("+CREG=?", [Call("+CREG", "test")]),
        ("^ICCID?", [Call("^ICCID", "read")]),
        ('+CUSD=1,"*1;2,3#",15', [Call("+CUSD", "set", ("1", "*1;2,3#", "15"), '1,"*1;2,3#",15')]),
        ("S3=13+CSQ", [Call("S", "set", ("3", "13")), Call("+CSQ", "do")]),
        ("D*100#;", [Call("D", "do", ("*100#;",), "*100#;")]),
        ("+CNMI=2,,0", [Call("+CNMI", "set", ("2", "", "0"), "2,,0")]),
    ],
)
def test_a_command_line_is_cut_as_v250_says(line: str, calls: list[Call]) -> None:
    assert split_line(line) == calls


def test_escape_leaves_the_prompt_and_nothing_is_sent(
    client: Client, carrier: ListingCarrier
) -> None:
    client.ask("AT+CMGS=13")
    client.say(SUBMIT + "\x1b")
    assert "OK" in client.until(b"OK\r\n")
    assert carrier.submitted == []
    assert client.lines("AT") == ["OK"]


def test_without_an_escape_a_prompt_swallows_the_next_command(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.no_prompt = 1
    client.say("AT+CMGS=13\rAT\r")
    assert client.nothing_comes()
    client.say("\x1b")
    client.until(b"OK\r\n")
    assert client.lines("AT") == ["OK"]


def test_the_line_discipline_neither_echoes_nor_translates(client: Client) -> None:
    iflag, oflag, _, lflag, *_ = termios.tcgetattr(client.fd)
    assert not lflag & (termios.ECHO | termios.ICANON | termios.ISIG)
    assert not oflag & termios.OPOST
    assert not iflag & (termios.ICRNL | termios.IXON)


def test_the_next_program_finds_the_port_raw_again_and_nothing_left_over(
    modem: SimulatedModem,
) -> None:
    first = Client(modem.port)
    first.ask("ATE0")
    attributes = termios.tcgetattr(first.fd)
    attributes[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(first.fd, termios.TCSANOW, attributes)
    first.close()
    modem.urc("+NOBODY: 1")
    modem.settle()
    second = Client(modem.port)
    assert second.lines("AT") == ["OK"]
    assert not termios.tcgetattr(second.fd)[3] & termios.ECHO
    second.close()


def test_a_program_that_does_not_read_does_not_stop_the_modem(
    client: Client, modem: SimulatedModem
) -> None:
    for number in range(4000):
        modem.urc(f"+FLOOD: {number:0100d}")
    modem.settle()
    client.until(b"FLOOD: 0+\r\n")
    deadline = time.monotonic() + 5
    while client.read_some(0.1):
        assert time.monotonic() < deadline
    assert client.lines("AT")[-1] == "OK"


def test_the_name_of_an_unplugged_modem_is_given_to_nobody_else(modem: SimulatedModem) -> None:
    """Who looks for the modem under it would write into somebody's terminal."""
    before = modem.port
    modem.unplug()
    others = [os.openpty() for _ in range(3)]
    names = [os.ttyname(slave) for _, slave in others]
    for pair in others:
        for fd in pair:
            os.close(fd)
    assert before not in names
    assert os.path.exists(modem.replug())


def test_a_modem_returns_under_its_name_although_a_lower_one_has_become_free(
    carrier: ListingCarrier,
) -> None:
    """Else a box that was told the old name waits for it for ever."""
    lower = os.openpty()
    with SimulatedModem(card(), carrier) as modem:
        before = modem.port
        modem.unplug()
        for fd in lower:
            os.close(fd)
        assert modem.replug() == before


def test_unplugging_takes_the_port_away_and_it_returns_under_another_name(
    client: Client, modem: SimulatedModem, tmp_path: Path
) -> None:
    first = modem.replug(tmp_path / "ignored")
    assert os.path.exists(first)
    modem.unplug()
    client.until_gone()
    assert not os.path.exists(first)
    second = modem.replug(tmp_path / "ttyUSB1")
    assert second == str(tmp_path / "ttyUSB1")
    again = Client(second)
    assert again.ask("AT").startswith("AT")  # echo is on again: it has booted
    again.close()
    modem.stop()
    assert not os.path.lexists(second)


def test_answers_come_in_pieces_when_they_are_split(client: Client, modem: SimulatedModem) -> None:
    modem.faults.split = 2
    client.say("AT+CGMI\r")
    pieces = []
    while b"OK\r\n" not in b"".join(pieces):
        pieces.append(client.read_some(2.0))
    assert len(pieces) > 5
    assert b"".join(pieces) == b"\r\nPigeonbox\r\n\r\nOK\r\n"


def test_noise_and_loss_are_the_same_again_with_the_same_seed(
    client: Client, modem: SimulatedModem
) -> None:
    def run() -> list[bytes]:
        modem.faults.seed = 7
        heard = []
        for _ in range(5):
            client.say("AT+CGMM\r")
            while data := client.read_some(0.05):
                heard.append(data)
        return heard

    modem.faults.noise, modem.faults.lose = 0.5, 0.05
    first = b"".join(run())
    assert first == b"".join(run())
    assert first != b"\r\nSimulated Modem\r\n\r\nOK\r\n" * 5


def test_a_late_ok_keeps_the_modem_busy_and_the_next_answer_behind_it(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.late_by, modem.faults.late_ok = 0.2, 1
    started = time.monotonic()
    client.say("AT\rAT+CSQ\r")
    assert client.until(b"CSQ") == "\r\nOK\r\n\r\n+CSQ"
    assert time.monotonic() - started >= 0.2


def test_a_silent_modem_hears_nothing_until_it_is_released(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.silent = True
    client.say("AT\r")
    assert client.nothing_comes()
    modem.faults.silent = False
    assert client.lines("AT+CMEE?") == ["+CMEE: 1", "OK"]
    assert "AT" not in modem.heard[2:]


def test_no_answer_is_said_to_the_next_command_only(client: Client, modem: SimulatedModem) -> None:
    modem.faults.no_answer = 1
    client.say("AT+CREG=2\r")
    assert client.nothing_comes()
    assert client.lines("AT+CREG?")[0].startswith("+CREG: 2,")


def test_a_flood_of_unasked_lines_goes_on_until_it_is_switched_off(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.flood = 0.01
    for _ in range(5):
        client.until(rb"\^RSSI: 17\r\n")
    modem.faults.flood = 0.0
    modem.settle()
    while client.read_some(0.1):
        pass
    assert client.nothing_comes()


def test_a_fault_can_be_switched_by_typed_text(modem: SimulatedModem) -> None:
    modem.faults.set_text("refuse", "always")
    assert modem.faults.refuse == ALWAYS
    modem.faults.set_text("registration", "3")
    modem.faults.set_text("registration", "none")
    assert modem.faults.registration is None
    modem.faults.set_text("strike_at", "before_ok")
    for name, value in [("nonsense", "1"), ("late_by", "soon"), ("strike_with", "fire")]:
        with pytest.raises(ValueError, match="fault"):
            modem.faults.set_text(name, value)
