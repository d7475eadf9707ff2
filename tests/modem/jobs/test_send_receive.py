"""Sending and reading on modems that answer in their own way, played by hand."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.at import About, Urc
from gateway.modem import duties
from gateway.modem.backlog import Backlog
from gateway.modem.jobs import receive, send
from gateway.modem.jobs.receive import StorageNotice
from hw.simulator.personality import GENERIC
from tests.modem.conftest import ready, until, work
from tests.modem.played import Played
from tests.store.pdus import deliver
from tests.support.radio import texts_sent

PDU = deliver("hello")
LENGTH = len(PDU) // 2 - 1
TAKEN = {"AT+CMGS": ">", "PDU": "+CMGS: 5|OK"}


def stored(*slots: int, status: int = 1) -> str:
    return "|".join([*(f"+CMGL: {s},{status},,{LENGTH}|{PDU}" for s in slots), "OK"])


# the radio link between messages ----------------------------------------------------------------


def test_the_link_is_kept_for_the_parts_of_a_message_and_let_go_after_them():
    modem = Played(TAKEN)
    modem.play(send.send(modem.context, work("x" * 400)))
    commands = [t for t in modem.heard if t.startswith("AT+CM")]
    assert commands[1] == "AT+CMMS=2"
    assert commands[-1] == "AT+CMMS=0"
    assert [t[:7] for t in commands[2:-1]] == ["AT+CMGS"] * 3


def test_the_link_is_kept_once_for_all_that_follow():
    modem = Played(TAKEN)
    for n in (1, 2, 3):
        modem.play(send.send(modem.context, work(dispatch_id=n), confirm_mode=False, more=n < 3))
    assert [t for t in modem.heard if "CMMS" in t] == ["AT+CMMS=2", "AT+CMMS=0"]


def test_a_single_message_costs_no_extra_command():
    modem = Played(TAKEN)
    modem.play(send.send(modem.context, work(), confirm_mode=False))
    assert not any("CMMS" in t for t in modem.heard)


@pytest.mark.parametrize("refusal", ["ERROR", "CMS 500", "TIMEOUT"])
def test_a_modem_that_cannot_keep_the_link_is_asked_once_and_sends_all_the_same(refusal: str):
    modem = Played({**TAKEN, "AT+CMMS": refusal})
    for n in (1, 2):
        modem.play(send.send(modem.context, work("x" * 400, dispatch_id=n)))
    assert [t for t in modem.heard if "CMMS" in t] == ["AT+CMMS=2"]
    assert len(modem.ledger.all("accepted")) == 6


# what a submission may come to ------------------------------------------------------------------


def test_a_reference_at_the_end_of_its_circle_is_followed_by_zero():
    modem = Played({"AT+CMGS": ">", "PDU": ["+CMGS: 255|OK", "+CMGS: 0|OK"]})
    for n in (1, 2):
        modem.play(send.send(modem.context, work(dispatch_id=n)))
    assert modem.ledger.all("accepted") == [(11, 255), (21, 0)]


def test_a_duplicate_that_the_centre_has_already_counts_as_accepted():
    modem = Played({"AT+CMGS": ">", "PDU": "CMS 197"})
    modem.play(send.send(modem.context, work()))
    assert modem.ledger.all("accepted") == [(11, None)]


@pytest.mark.parametrize("answer", ["TIMEOUT", "RESTARTED"])
def test_no_result_after_the_pdu_is_doubtful_and_nothing_more_is_sent(answer: str):
    modem = Played({"AT+CMGS": ">", "PDU": answer})
    modem.play(send.send(modem.context, work("x" * 400)))
    assert modem.ledger.all("doubtful") == [11]
    assert modem.ledger.all("submitting") == [11]


def test_a_reference_whose_ok_never_came_is_accepted():
    modem = Played({"AT+CMGS": ">", "PDU": "+CMGS: 77|TIMEOUT"})
    modem.play(send.send(modem.context, work()))
    assert modem.ledger.all("accepted") == [(11, 77)]


def test_a_prompt_that_is_gone_before_the_pdu_was_written_leaves_no_doubt():
    modem = Played({"AT+CMGS": ">", "PDU": "NO_PROMPT"})
    modem.play(send.send(modem.context, work()))
    ((part, why),) = modem.ledger.all("refused")
    assert (part, why.label, why.about) == (11, "no prompt", About.CONNECTION)
    assert not modem.ledger.all("doubtful")


@pytest.mark.parametrize("first", [">", "ERROR", "CMS 305"])
def test_nothing_is_handed_to_a_modem_that_repeats_what_it_was_told_not_to(first: str):
    modem = Played({"AT+CMGS": first, "PDU": "+CMGS: 5|OK"}, echoes=("AT",))
    outcome = modem.play(send.send(modem.context, work("x" * 400), confirm_mode=False))
    assert outcome.set_up_again
    assert not outcome.taken
    assert modem.ledger.all("released") == [1]
    assert not modem.ledger.all("submitting")
    assert "PDU" not in "".join(modem.heard)
    assert ("ESC" in modem.heard) == (first == ">")


def test_the_parts_after_a_restart_without_a_word_are_not_handed_over():
    modem = Played(TAKEN)
    modem.says = {"AT+CMGS": ">", "PDU": lambda text: restarted(modem)}

    def restarted(modem: Played) -> str:
        modem.echoes = ("AT",)
        return "+CMGS: 5|OK"

    outcome = modem.play(send.send(modem.context, work("x" * 400)))
    assert outcome.set_up_again
    assert modem.ledger.all("accepted") == [(11, 5)]
    assert modem.ledger.all("submitting") == [11]
    assert modem.ledger.all("released") == [1]


def test_a_modem_that_repeats_this_command_alone_sends_all_the_same():
    modem = Played(TAKEN, echoes=("AT+CMGS",))
    for n in (1, 2):
        assert modem.play(send.send(modem.context, work(dispatch_id=n))).taken
    assert modem.ledger.all("accepted") == [(11, 5), (21, 5)]
    assert modem.heard.count("ESC") == 1


@pytest.mark.parametrize("answer", ["TIMEOUT", "CMS 38", "ERROR"])
def test_after_anything_but_success_the_mode_is_set_before_the_next(answer: str):
    backlog = Backlog()
    modem = Played({"AT+CMGS": ">", "PDU": ["+CMGS: 5|OK", answer]})
    rested = []
    for n in (1, 2):
        outcome = modem.play(send.send(modem.context, work(dispatch_id=n)))
        backlog.finished(work(), 1.0, 2.0, taken=outcome.taken)
        rested.append(backlog.rested(2.0))
    assert rested == [False, True]


@pytest.mark.parametrize("full", ["CMS 322", "CMS 208", "CME 20"])
def test_a_send_that_is_refused_for_full_storage_has_it_emptied_at_once(full: str):
    modem = Played({"AT+CMGS": ">", "PDU": full})
    modem.play(send.send(modem.context, work()))
    assert modem.context.look_at == {"sweep"}


# announcements ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urc", "understood"),
    [
        (Urc("+CMTI", '+CMTI: "SM",3'), StorageNotice("SM", 3)),
        (Urc("+CMTI", '+CMTI: "SM",-1'), StorageNotice("SM", -1)),
        (Urc("+CMTI", "+CMTI: nonsense"), StorageNotice("", -1)),
        (Urc("+CDSI", '+CDSI: "SR",2'), StorageNotice("SR", 2, of_report=True)),
        (Urc("^SMMEMFULL", '^SMMEMFULL: "SM"'), StorageNotice("", -1)),
        (Urc("+QIND", '+QIND: "smsfull","SM"'), StorageNotice("", -1)),
        (Urc("+CIEV", '+CIEV: "SMSFULL",1'), StorageNotice("", -1)),
        (Urc("+QIND", "+QIND: SMS DONE"), None),
        (Urc("+CIEV", "+CIEV: 2,4"), None),
        (Urc("+CBM", "+CBM: 88", "00"), None),
    ],
)
def test_what_a_line_says_of_messages(urc: Urc, understood: StorageNotice | None):
    assert receive.understand(urc) == understood


def read(modem: Played, notice: StorageNotice) -> None:
    modem.context.memories, modem.context.memory = ("SM", "ME"), "SM"
    modem.play(receive.read_announced(modem.context, notice))


def test_a_message_is_on_disk_before_it_is_deleted():
    modem = Played({"AT+CMGR": f"+CMGR: 0,,{LENGTH}|{PDU}|OK"})
    modem.ledger.on["keep"] = lambda: modem.heard.append("on disk")
    read(modem, StorageNotice("SM", 3))
    assert modem.heard == ["AT+CMGR=3", "on disk", "AT+CMGD=3"]
    assert modem.ledger.names == ["keep", "erased"]


def test_a_message_in_another_memory_is_read_there():
    modem = Played({"AT+CMGR": f"+CMGR: 0,,{LENGTH}|{PDU}|OK"})
    read(modem, StorageNotice("ME", 0))
    assert modem.heard[:2] == ['AT+CPMS="ME"', "AT+CMGR=0"]
    assert modem.ledger.kept[0].memory == "ME"


@pytest.mark.parametrize("empty", ["OK", "CMS 321", "+CMGR: 0,,0|OK"])
def test_an_empty_place_makes_it_look_everywhere(empty: str):
    listed = {"SM": ["OK"], "ME": [stored(4)]}
    modem = Played({"AT+CMGR": empty})
    modem.says = {**modem.says, "AT+CMGL": lambda _: listed[modem.context.memory][0]}
    read(modem, StorageNotice("SM", 3))
    assert [(p.memory, p.slot) for p in modem.ledger.kept] == [("ME", 4)]


def test_an_index_of_minus_one_makes_it_look_everywhere():
    modem = Played({"AT+CMGL": ["OK", stored(4)]})
    read(modem, StorageNotice("SM", -1))
    assert [p.slot for p in modem.ledger.kept] == [4]


def test_a_memory_that_cannot_be_chosen_makes_it_look_everywhere():
    modem = Played({'AT+CPMS="MT"': "CMS 302", "AT+CMGL": stored(1)})
    read(modem, StorageNotice("MT", 1))
    assert modem.ledger.kept


# storage ----------------------------------------------------------------------------------------


def sweep(modem: Played, *memories: str) -> None:
    modem.context.memories, modem.context.memory = memories, memories[0]
    modem.play(receive.sweep(modem.context))


def test_full_storage_is_emptied_and_it_is_said():
    modem = Played(
        {
            "AT+CPMS?": ['+CPMS: "SM",2,2,"SM",2,2,"SM",2,2|OK', '+CPMS: "SM",0,2|OK'],
            "AT+CMGL": stored(1, 2),
        }
    )
    sweep(modem, "SM")
    assert [t for t in modem.heard if t.startswith("AT+CMGD")] == ["AT+CMGD=1", "AT+CMGD=2"]
    said = "The message storage SM was full (2 messages) and has been emptied."
    assert modem.context.storage == said
    modem.says = {"AT+CPMS?": '+CPMS: "SM",0,2|OK'}
    sweep(modem, "SM")
    assert modem.context.storage == ""


def test_storage_that_stays_full_says_what_to_do():
    modem = Played({"AT+CPMS?": '+CPMS: "SM",2,2|OK', "AT+CMGL": "OK"})
    sweep(modem, "SM")
    assert "cannot be emptied" in modem.context.storage


def test_copies_of_what_was_sent_are_removed_and_not_taken_for_received():
    modem = Played({"AT+CMGL": stored(1, 2, status=3)})
    sweep(modem, "SM")
    assert modem.ledger.kept == []
    assert "AT+CMGD=2" in modem.heard


def test_a_modem_that_cannot_list_is_read_place_by_place():
    modem = Played(
        {
            "AT+CPMS?": '+CPMS: "SM",2,20|OK',
            "AT+CMGL": "ERROR",
            "AT+CMGR": "CMS 321",
            "AT+CMGR=1": f"+CMGR: 0,,{LENGTH}|{PDU}|OK",
            "AT+CMGR=4": f"+CMGR: 1,,{LENGTH}|{PDU}|OK",
        }
    )
    sweep(modem, "SM")
    assert [p.slot for p in modem.ledger.kept] == [1, 4]
    assert modem.heard[-2:] == ["AT+CMGD=1", "AT+CMGD=4"]


def test_a_deletion_that_fails_is_tried_three_times_and_never_by_flag():
    modem = Played({"AT+CMGL": stored(1), "AT+CMGD": "CMS 320"})
    sweep(modem, "SM")
    assert [t for t in modem.heard if "CMGD" in t] == ["AT+CMGD=1"] * 3
    assert modem.ledger.all("erased") == [()]


def test_a_place_that_is_empty_already_counts_as_deleted():
    modem = Played({"AT+CMGL": stored(1), "AT+CMGD": "CMS 321"})
    sweep(modem, "SM")
    assert modem.ledger.all("erased") == [(0,)]


# with a modem on a pty --------------------------------------------------------------------------


def test_storage_that_was_full_at_start_is_read_emptied_and_shown(network, ledger, start):
    modem = network.add_modem()
    memory = modem.memories["SM"]
    from hw.simulator.memory import MemorySlot

    while memory.put(MemorySlot(bytes.fromhex(PDU[2:]))) is not None:
        pass
    worker = start(modem.port)
    until(lambda: ready(worker))
    until(lambda: len(ledger.kept) == memory.size)
    until(lambda: not memory.used)
    until(lambda: any("has been emptied" in w for w in worker.telemetry.warnings))


def test_a_modem_that_only_hands_over_is_received_from_and_acknowledged(network, ledger, start):
    row = dataclasses.replace(
        GENERIC,
        cnmi_ranges=((0, 1), (0, 2), (0,), (0,), (0,)),
        cnma_time=60.0,
    )
    modem = network.add_modem(personality=row)
    worker = start(modem.port)
    until(lambda: ready(worker))
    for text in ("one", "two"):
        network.phone_send("+254711000001", modem.number, text)
    until(lambda: len(ledger.kept) == 2)
    until(lambda: modem.heard.count("AT+CNMA=0") == 2)
    until(lambda: modem.held == 0)
    assert len(ledger.kept) == 2


def test_a_modem_that_announces_nothing_is_read_all_the_same(network, ledger, start, monkeypatch):
    monkeypatch.setattr(duties, "POLL", 0.3)
    row = dataclasses.replace(GENERIC, lacks=frozenset({"+CNMI", "+CSMS"}))
    modem = network.add_modem(personality=row)
    worker = start(modem.port)
    until(lambda: ready(worker))
    network.phone_send("+254711000001", modem.number, "hello")
    assert ledger.wait("keep")


def test_a_modem_without_the_best_character_set_still_sends_and_receives(network, ledger, start):
    modem = network.add_modem()
    modem.faults.refuse_command = "+CSCS"
    worker = start(modem.port)
    until(lambda: ready(worker))
    worker.assign([work("hello")])
    ledger.wait("accepted")


def test_a_service_centre_that_the_sim_forgot_is_named_in_the_pdu(network, ledger, start):
    modem = network.add_modem()
    modem.card.smsc = ""
    ledger.centre_known = "+491710760000"
    worker = start(modem.port)
    until(lambda: ready(worker))
    assert worker.telemetry.smsc == ""
    worker.assign([work("hello")])
    ledger.wait("accepted")
    assert texts_sent(network) == ["hello"]


def test_a_service_centre_that_is_entered_counts_for_the_next_message(network, ledger, start):
    modem = network.add_modem()
    modem.card.smsc = ""
    worker = start(modem.port)
    until(lambda: ready(worker))
    worker.assign([work("hello")])
    ((_, why),) = ledger.wait("refused")
    assert why.label == "CMS 330"
    ledger.centre_known = "+491710760000"
    worker.assign([work("hello", dispatch_id=2)])
    ledger.wait("accepted", patience=5)


def test_a_sim_that_is_put_in_is_looked_at_as_soon_as_the_modem_says_so(network, ledger, start):
    modem = network.add_modem()
    modem.faults.sim_missing = True
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "sim_missing")
    modem.faults.sim_missing = False
    modem.faults.flood_with, modem.faults.flood = "+CPIN: READY", 0.2
    until(lambda: ready(worker), patience=5)


def test_what_is_behind_a_refusal_that_holds_the_sim_is_given_back(network, ledger, start):
    modem = network.add_modem()
    modem.faults.refuse = 1
    worker = start(modem.port)
    until(lambda: ready(worker))
    ledger.pause = "The network refused it."
    worker.assign([work(dispatch_id=n) for n in (1, 2, 3)])
    assert ledger.wait("released", count=2) == [2, 3]
    assert len(ledger.all("submitting")) == 1


def test_a_service_centre_that_the_sim_knows_is_left_to_it():
    modem = Played(TAKEN)
    modem.play(send.send(modem.context, work()))
    assert modem.heard[-1].startswith("00")
    modem.context.centre = "+491710760000"
    modem.play(send.send(modem.context, work(dispatch_id=2)))
    assert modem.heard[-1].startswith("0791947101670000")
    assert len({t for t in modem.heard if t.startswith("AT+CMGS")}) == 1  # not counted
