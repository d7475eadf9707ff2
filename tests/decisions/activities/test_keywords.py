"""Words as people write them, in any script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions.activities.keywords import as_word, first_words, plain


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("JOIN", "join"),
        ("  join  me", "join"),
        ("“Join”, please", "join"),
        ("...join!!!", "join"),
        ("* JOIN", "join"),
        ("¡Únete!", "únete"),
        ("ＪＯＩＮ", "join"),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("İPTAL", "iptal"),
        ("ıptal", "IPTAL"),
        ("नमस्ते दुनिया", "नमस्ते"),
        ("\u200fانضم، من فضلك", "انضم"),
        ("加入", "加入"),
        ("don't stop", "don't"),
        ("e-mail me", "E-Mail"),
        ("join,please", "join"),
        ("join\nplease", "join"),
        ("join\u00a0please", "join"),
        ("JOIN❤️ now", "join"),
        ("👍", "👍"),
        ("❤", "❤️"),
        ("#join", "join"),
        ("cafe\u0301", "café"),
        ("7 people", "7"),
    ],
)
def test_this_is_its_first_word(text: str, word: str) -> None:
    assert as_word(word) in first_words(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("JOINED", "join"),
        ("please join", "join"),
        ("join-us", "join"),
        ("", "join"),
        ("!!", "join"),
    ],
)
def test_this_is_not_its_first_word(text: str, word: str) -> None:
    assert as_word(word) not in first_words(text)


words = st.text(st.characters(categories=("L", "N")), min_size=1).filter(as_word)
beside = st.text(st.sampled_from(" .,!?:;\"'()[]“”¡¿…\t\n\u00a0\u200f"), max_size=4)


@given(word=words, before=beside, after=beside, rest=st.text())
def test_punctuation_around_it_and_what_follows_do_not_count(word, before, after, rest) -> None:
    assert as_word(word) in first_words(f"{before}{word}{after} {rest}")


@given(word=words)
def test_case_and_spelling_in_unicode_do_not_count(word: str) -> None:
    for other in (word.upper(), word.casefold(), unicodedata.normalize("NFD", word)):
        if unicodedata.normalize("NFKC", other.casefold()) == unicodedata.normalize(
            "NFKC", word.casefold()
        ):
            assert as_word(other) == as_word(word)


@given(st.text())
def test_anything_can_be_read_and_is_comparable_at_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    for word in first_words(text):
        assert word
        assert not any(c.isspace() for c in word)
