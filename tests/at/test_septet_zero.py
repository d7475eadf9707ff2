"""Septet 0 is an "@" inside a text, fills up at the end of one, and is noise anywhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.at.answers import operator
from gateway.at.framing import PROMPT, Framer


def lines(*chunks: bytes) -> list[str]:
    framer, found = Framer(), []
    for chunk in chunks:
        framer.push(chunk, 0.0)
        while (line := framer.next(prompt_wanted=False)) is not None:
            found.append(line)
    return found


def test_between_quotation_marks_it_is_kept_and_elsewhere_it_is_noise():
    raw = b'\0\r\n\0+CUSD: 0,"a\0b\r\nc\0d",15\0\r\n\0O\0K\0\r\n'
    assert lines(raw) == ['+CUSD: 0,"a\0b', 'c\0d",15', "OK"]


def test_a_prompt_behind_noise_is_a_prompt():
    framer = Framer()
    framer.push(b"\0\xff\0> ", 0.0)
    assert framer.next(prompt_wanted=True) == PROMPT


@given(st.lists(st.binary(max_size=3), max_size=20))
def test_however_it_is_cut_no_noise_is_left(pieces):
    data = b"\r\n+CREG: 1\r\n".join(piece.replace(b'"', b"") for piece in pieces)
    assert not any("\0" in line for line in lines(*(bytes([b]) for b in data)))


@given(st.integers(0, 20))
def test_a_text_is_the_same_however_it_is_cut(at):
    raw = b'+CUSD: 0,"a\0b\0",15\r\n'
    assert lines(raw[:at], raw[at:]) == ['+CUSD: 0,"a\0b\0",15']


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('"Orange@"', "Orange"),
        ('"Orange\0\0"', "Orange"),
        ('"T\x7eti Movil"', "T~ti Movil"),
        ('"Telef\x08nica"', "Telefònica"),
        ('"a\0b"', "a@b"),
        ('"004F00720061006E00670065"', "Orange"),
        ('"004F00720061006E006700650000"', "Orange"),
        ('"004F00720061006E006700650040"', "Orange"),
        ('"26201"', "26201"),
        ('"@"', ""),
    ],
)
def test_an_operator_is_called_without_what_fills_its_name_up(said, name):
    assert operator([f"+COPS: 0,0,{said},2"]) == name
