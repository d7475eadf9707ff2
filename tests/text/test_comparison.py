"""What people read as one word is one word, in every place that compares words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions.activities.keywords import as_word, first_words
from gateway.text.comparison import fold, letters

ALIKE = [
    ("Arrêt", "ARRET"),
    ("Łódź", "lodz"),
    ("SMØRREBRØD", "smorrebrod"),
    ("Đà Nẵng", "da nang"),
    ("Æther", "AETHER"),
    ("œuvre", "oeuvre"),
    ("Þór", "thor"),
    ("STRASSE", "straße"),
    ("Ħamrun", "hamrun"),
    ("ŋutsu", "nutsu"),
    ("Ɗan ƙasa", "dan kasa"),
    ("İPTAL", "ıptal"),
    ("ΣΤΟΠ ΟΔΟΣ", "στοπ οδος"),
    ("Στάση", "σταση"),
    ("Ещё", "еще"),
    ("Ґанок", "ганок"),
    ("على", "علی"),
    ("كتاب", "کتاب"),
    ("مدرسة", "مدرسه"),
    ("إلغاء", "الغاء"),
    ("أوقف", "اوقف"),
    ("مُحَمَّد", "محمد"),
    ("تـوقـف", "توقف"),
    ("می\u200cخواهم", "میخواهم"),
    ("שָׁלוֹם", "שלומ"),
    ("ＳＴＯＰ", "stop"),
    ("ⓈⓉⓄⓅ", "stop"),
    ("don’t", "DON'T"),
    ("S\u200bT\u00adO\u2060P", "stop"),
    ("👍🏽", "👍"),
    ("٢٠٢٦", "2026"),
    ("क़लम", "कलम"),  # the dot below is often left out
    ("re\u0301sume\u0301", "résumé"),
]
APART = [("かき", "がき"), ("ไม", "ไม่"), ("क्षण", "कषण"), ("stop", "stops"), ("كتاب", "كتب")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_people_read_these_as_one(one, other):
    assert fold(one) == fold(other)
    assert letters(one) == letters(other)
    assert as_word(one) == as_word(other)
    if " " not in one:
        assert as_word(other) in first_words(f"{one}, please")


@pytest.mark.parametrize(("one", "other"), APART)
def test_these_are_two_words(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folded_twice_is_folded_once(text):
    assert fold(fold(text)) == fold(text)
    assert letters(fold(text)) == letters(text)


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_how_unicode_spells_it_does_not_count(text, form):
    if "\ud800" <= max(text, default="") <= "\udfff":
        return
    assert fold(unicodedata.normalize(form, text)) == fold(text)


@given(st.text(), st.text("\u200b\u200e\u200f\u00ad\ufeff\ufe0f", max_size=3))
def test_what_cannot_be_seen_does_not_count(text, unseen):
    assert fold(unseen.join(["", *text.split(" "), ""])) == fold("".join(text.split(" ")))


@given(
    st.sampled_from(["STOP", "Arrêt", "توقف"]),
    st.text(" .,!?\"'()*👍🛑\u200b\ufe0f\n-_", max_size=9),
)
def test_what_stands_around_a_word_does_not_count_for_stop(word, around):
    assert letters(f"{around}{word}{around}") == letters(word)
