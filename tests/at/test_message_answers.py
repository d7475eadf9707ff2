"""Answers about messages and their memories: what is listed, read, stored, taken, and how full."""

from __future__ import annotations

import pytest

from gateway.at import answers
from gateway.at.answers import MemoryUsage, OfferedMemories, StorageEntry

PDU = "07919471016730510409D0CD309A2E6F01000011109121333280"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["+CMGL: 1,0,,23", PDU], StorageEntry(1, 0, 23, PDU)),
        (['+CMGL: 1,1,"",23', PDU], StorageEntry(1, 1, 23, PDU)),
        (['+CMGL: 3,1,"004D0061",23', PDU], StorageEntry(3, 1, 23, PDU)),
        (["+CMGL: 17,3,35", PDU], StorageEntry(17, 3, 35, PDU)),
        (["+CMGL: 4,1,,", PDU], StorageEntry(4, 1, None, PDU)),
        ([f"+CMGL: 2,1,,24,{PDU}"], StorageEntry(2, 1, 24, PDU)),
        ([f'+CMGL: 2,1,,24,"{PDU}"'], StorageEntry(2, 1, 24, PDU)),
        (["+CMGL: 0,1,,24", PDU + '"'], StorageEntry(0, 1, 24, PDU)),
        (['+CMGL: 0,"REC UNREAD",,24', PDU], StorageEntry(0, 0, 24, PDU)),
        (["+CMGL: 5,1,,24", "noise", PDU], StorageEntry(5, 1, 24, PDU)),
    ],
)
def test_a_listed_message_in_its_many_shapes(lines, expected):
    assert answers.cmgl(lines) == [expected]


def test_a_header_without_pdu_does_not_take_the_next_ones():
    lines = ["+CMGL: 1,1,,24", "+CMGL: 2,1,,24", PDU, "+CMGL: x", PDU]
    assert answers.cmgl(lines) == [StorageEntry(2, 1, 24, PDU)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["+CMGR: 0,,23", PDU], StorageEntry(-1, 0, 23, PDU)),
        (['+CMGR: 1,"",23', PDU], StorageEntry(-1, 1, 23, PDU)),
        (["+CMGR: 0,23", PDU], StorageEntry(-1, 0, 23, PDU)),
        (["+CMGR: ,,92", PDU], StorageEntry(-1, None, 92, PDU)),
        (["+CMGR: 1,,24," + PDU], StorageEntry(-1, 1, 24, PDU)),
        (["+CMGR: 1,,24", PDU + '"'], StorageEntry(-1, 1, 24, PDU)),
        (["+CMGR: 0,,0"], None),
        ([], None),
    ],
)
def test_a_message_that_was_read(lines, expected):
    assert answers.cmgr(lines) == expected


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('+CMTI: "SM",3', ("SM", 3)),
        ('+CMTI:"ME",0', ("ME", 0)),
        ("+CMTI: SM,3", ("SM", 3)),
        ('+CMTI: "SM",-1', ("SM", -1)),
        ('+CDSI: "SR",5', ("SR", 5)),
        ('+CMTI: "MT",4,1', ("MT", 4)),
        ("+CMTI: 3", None),
        ('+CMTI: "SM"', None),
        ("+CMTI: ,3", None),
    ],
)
def test_where_a_message_was_stored(line, where):
    assert answers.stored_at(line) == where


@pytest.mark.parametrize(
    ("lines", "reference"),
    [
        (["+CMGS: 0"], 0),
        (["+CMGS: 255"], 255),
        (["+CMGS:7"], 7),
        (['+CMGS: 7,"26/11/23"'], 7),
        (["+CMGS:"], None),
        ([], None),
    ],
)
def test_the_reference(lines, reference):
    assert answers.message_reference(lines) == reference


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (
            '+CPMS: ("SM","ME"),("SM","ME"),("SM")',
            OfferedMemories(("SM", "ME"), ("SM", "ME"), ("SM",)),
        ),
        (
            '+CPMS: ("SM" , "ME") , ( "SM" ) , ("ME")',
            OfferedMemories(("SM", "ME"), ("SM",), ("ME",)),
        ),
        ('+CPMS: "SM","SM","SM"', OfferedMemories(("SM",), ("SM",), ("SM",))),
        ('+CPMS: "SM","ME"', OfferedMemories(("SM", "ME"), ("SM", "ME"), ("SM", "ME"))),
        ('+CPMS: ("ME","SM")', OfferedMemories(("ME", "SM"), ("ME", "SM"), ("ME", "SM"))),
        ("+CPMS: (),(),()", OfferedMemories((), (), ())),
        ("+CPMS: ,,,,,,,,", OfferedMemories((), (), ())),
        ("+CPMS:", OfferedMemories()),
    ],
)
def test_the_memories_on_offer(line, offered):
    assert answers.cpms_offered([line]) == offered


def test_no_answer_offers_nothing():
    assert answers.cpms_offered([]) == OfferedMemories()


def test_how_full_the_memories_are():
    sm = MemoryUsage("SM", 20, 20)
    assert answers.cpms_usage(['+CPMS: "SM",20,20,"ME",0,23,"SM",20,20']) == [
        sm,
        MemoryUsage("ME", 0, 23),
        sm,
    ]
    assert answers.cpms_usage(["+CPMS: 1,20,1,20,1,20"]) == [MemoryUsage("", 1, 20)] * 3
    assert sm.full
    assert not MemoryUsage("ME", 0, 0).full
    assert answers.cpms_usage(["+CPMS: x,y,z"]) == []


@pytest.mark.parametrize(
    ("offered", "values"),
    [
        ("(x)", set()),
        ("(0-99999)", set()),
        ("(0-2)", {0, 1, 2}),
        ("(0,1,3)", {0, 1, 3}),
        ("(0)", {0}),
        ("(1-2)", {1, 2}),
        ("(1)", {1}),
    ],
)
def test_what_cnma_lists(offered: str, values: set[int]):
    assert answers.cnma_offered([f"+CNMA: {offered}"]) == values
