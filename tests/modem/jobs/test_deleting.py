"""Nothing is deleted from a modem that is not certainly what was read from there."""

from __future__ import annotations

import pytest

from gateway.modem.jobs import receive
from gateway.modem.jobs.receive import StorageNotice
from tests.modem.played import Played

PDU = "0791947101670000040C9152140000000600006211728154254004E9373B0C"
OTHER = PDU.replace("3B0C", "3B0D")
HEAD = "+CMGR: 0,,23"
UCS2 = "00480065006C006C006F00200077006F0072006C0064"  # a text, as a header of PDU mode may hide it


def modem(**says: object) -> Played:
    played = Played({f"AT+{name}": said for name, said in says.items()} | {"AT+CPMS=": "OK"})
    played.context.memories, played.context.memory = ("ME", "SM"), "ME"
    return played


def deleted(played: Played) -> list[str]:
    return [text for text in played.heard if text.startswith("AT+CMGD")]


def listing(*pdus: str) -> str:
    return "|".join(f"+CMGL: {n},0,,23|{pdu}" for n, pdu in enumerate(pdus, 1)) + "|OK"


def swept(played: Played) -> Played:
    """One memory, so that what is listed is listed once."""
    played.context.memories = ("ME",)
    played.play(receive.sweep(played.context))
    return played


@pytest.mark.parametrize("found", [OTHER, ""])
def test_after_a_missing_answer_a_slot_is_read_again_before_it_is_emptied(found):
    """The modem restarted in between and works on another memory than before."""
    in_slot_2 = f"{HEAD}|{found}|OK" if found else "OK"
    played = swept(
        modem(
            **{
                "CPMS?": '+CPMS: "ME",2,20|OK',
                "CMGL": listing(PDU, OTHER.replace("E937", "E936")),
                "CMGD=1": "TIMEOUT",
                "CMGR=2": in_slot_2,
            }
        )
    )
    assert len(played.ledger.kept) == 2
    assert deleted(played) == ["AT+CMGD=1"]


def test_where_it_still_lies_it_is_deleted_from_the_memory_that_it_lies_in():
    second = OTHER.replace("E937", "E936")
    played = swept(
        modem(
            **{
                "CPMS?": '+CPMS: "ME",2,20|OK',
                "CMGL": listing(PDU, second),
                "CMGD=1": "TIMEOUT",
                "CMGR=2": f"{HEAD}|{second}|OK",
            }
        )
    )
    assert deleted(played) == ["AT+CMGD=1", "AT+CMGD=2"]
    asked = played.heard
    chosen = [n for n, text in enumerate(asked) if text.startswith('AT+CPMS="ME"')]
    assert chosen
    assert asked.index("AT+CMGD=1") < chosen[0] < asked.index("AT+CMGD=2")


def test_a_missing_answer_while_reading_counts_as_well():
    played = modem(**{"CMGR=3": ["TIMEOUT", f"{HEAD}|{PDU}|OK", f"{HEAD}|{OTHER}|OK"]})
    played.play(receive.read_announced(played.context, StorageNotice("ME", 3)))
    assert [k.pdu for k in played.ledger.kept] == [PDU]
    assert deleted(played) == []


def test_after_a_missing_answer_the_memory_is_chosen_anew():
    played = modem(**{"CMGR=3": f"{HEAD}|{PDU}|OK"})
    played.context.unsure = True
    played.play(receive.read_announced(played.context, StorageNotice("ME", 3)))
    assert [text[:12] for text in played.heard] == ['AT+CPMS="ME"', "AT+CMGR=3", "AT+CMGD=3"]


def test_copies_of_what_was_sent_are_deleted_with_the_same_care():
    sent = "|".join(f"+CMGL: {n},3,,23|{PDU[:-2]}{n:02X}" for n in (1, 2)) + "|OK"
    played = swept(
        modem(
            **{
                "CPMS?": '+CPMS: "ME",2,20|OK',
                "CMGL": sent,
                "CMGD=1": "TIMEOUT",
                "CMGR=2": f"{HEAD}|{OTHER}|OK",
            }
        )
    )
    assert deleted(played) == ["AT+CMGD=1"]


@pytest.mark.parametrize("way", ["announced", "sweep"])
@pytest.mark.parametrize("pdu", [UCS2, PDU[:-4], PDU + "0"])
def test_what_is_not_certainly_a_pdu_is_shown_and_left_in_the_modem(pdu, way):
    says = {
        "CPMS?": '+CPMS: "ME",1,20|OK',
        "CMGL": f"+CMGL: 3,0,,23|{pdu}|OK",
        "CMGR=3": f"{HEAD}|{pdu}|OK",
    }
    played = modem(**says)
    played.context.memories = ("ME",)
    if way == "announced":
        played.play(receive.read_announced(played.context, StorageNotice("ME", 3)))
    else:
        swept(played)
    assert [k.pdu for k in played.ledger.kept] == [pdu]
    assert deleted(played) == []
    swept(played)
    assert "left in the modem" in played.context.storage
    played.says = {"AT+CPMS?": '+CPMS: "ME",0,20|OK', "AT+CMGL": "OK"}
    swept(played)
    assert played.context.storage == ""


def test_what_looks_like_no_pdu_is_read_again_in_pdu_mode():
    def cmgr(text: str) -> str:
        return f"{HEAD}|{PDU if 'AT+CMGF=0' in played.heard else UCS2}|OK"

    played = modem(**{"CMGR=3": cmgr})
    played.play(receive.read_announced(played.context, StorageNotice("ME", 3)))
    assert [k.pdu for k in played.ledger.kept] == [PDU]
    assert deleted(played) == ["AT+CMGD=3"]


@pytest.mark.parametrize("length", [23, 24, 99])
def test_a_modem_that_counts_wrongly_is_emptied_all_the_same(length):
    played = modem(**{"CMGR=3": f"+CMGR: 0,,{length}|{PDU}|OK"})
    played.play(receive.read_announced(played.context, StorageNotice("ME", 3)))
    assert deleted(played) == ["AT+CMGD=3"]


def test_what_nobody_can_read_but_is_as_long_as_said_is_a_pdu():
    strange = "00" + "03" + "AB" * 22
    played = modem(**{"CMGR=3": f"{HEAD}|{strange}|OK"})
    played.play(receive.read_announced(played.context, StorageNotice("ME", 3)))
    assert [k.pdu for k in played.ledger.kept] == [strange]
    assert deleted(played) == ["AT+CMGD=3"]


# memories that open and tell nothing --------------------------------------------------------------


def test_a_memory_whose_messages_cannot_be_read_is_told():
    played = swept(modem(**{"CPMS?": '+CPMS: "ME",2,20|OK', "CMGL": "CMS 303", "CMGR": "CMS 303"}))
    assert "ME" in played.context.storage
    assert "cannot be read" in played.context.storage
    played.says = {"AT+CPMS?": '+CPMS: "ME",1,20|OK', "AT+CMGL": listing(PDU)}
    assert swept(played).context.storage == ""


def test_an_empty_memory_that_cannot_be_listed_is_no_trouble():
    played = swept(modem(**{"CPMS?": '+CPMS: "ME",0,20|OK', "CMGL": "CMS 321", "CMGR": "CMS 321"}))
    assert played.context.storage == ""
