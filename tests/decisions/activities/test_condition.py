"""Conditions: every one of them, and the reason in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions.activities import Condition, ConditionFacts, Hours, Match, Sender, why_not
from gateway.decisions.activities.hours import EVERY_DAY

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def heard(text: str = "Join me", **changes) -> ConditionFacts:
    facts = {"known": False, "groups": frozenset(), "connection_id": 1, "at": at(0, 12)}
    return ConditionFacts(text=text, **facts | changes)


@pytest.mark.parametrize(
    ("match", "words", "text", "applies"),
    [
        (Match.WORD, ("join",), "JOIN!", True),
        (Match.WORD, ("register", "join"), "join", True),
        (Match.WORD, ("join",), "I join", False),
        (Match.STARTS, ("help me",), "  HELP   me please", True),
        (Match.STARTS, ("help",), "helpful", True),
        (Match.STARTS, ("help",), "please help", False),
        (Match.CONTAINS, ("fire",), "There is a FIRE!", True),
        (Match.CONTAINS, ("fire", "flood"), "a flood", True),
        (Match.CONTAINS, ("fire",), "smoke", False),
        (Match.ANYTHING, (), "", True),
    ],
)
def test_words(match: Match, words: tuple[str, ...], text: str, applies: bool) -> None:
    assert (why_not(Condition(match, words), heard(text)) == "") is applies


def test_the_reason_is_said_in_words() -> None:
    said = why_not(Condition(Match.WORD, ("join", "in")), heard("Hello there"))
    assert said == "the first word is “hello”, not “join” or “in”"
    assert why_not(Condition(Match.WORD, ("join",)), heard("?!")) == "there is no word in it"
    said = why_not(Condition(Match.CONTAINS, ("a", "b", "c")), heard("xyz"))
    assert said == "it does not contain “a”, “b” or “c”"


@pytest.mark.parametrize(
    ("sender", "known", "groups", "applies"),
    [
        (Sender.KNOWN, True, (), True),
        (Sender.KNOWN, False, (), False),
        (Sender.UNKNOWN, True, (), False),
        (Sender.UNKNOWN, False, (), True),
        (Sender.GROUP, True, (5,), True),
        (Sender.GROUP, True, (6,), False),
        (Sender.GROUP, False, (), False),
    ],
)
def test_senders(sender: Sender, known: bool, groups: tuple[int, ...], applies: bool) -> None:
    wanted = Condition(Match.ANYTHING, sender=sender, group_id=5, group_name="Volunteers")
    facts = heard(known=known, groups=frozenset(groups))
    assert (why_not(wanted, facts) == "") is applies


def test_connections() -> None:
    wanted = Condition(Match.ANYTHING, connection_id=2, connection_name="Spare")
    assert why_not(wanted, heard(connection_id=2)) == ""
    assert why_not(wanted, heard(connection_id=1)) == "it did not come in on “Spare”"


def test_what_has_vanished_is_said() -> None:
    gone = Condition(Match.ANYTHING, sender=Sender.GROUP, group_id=5)
    assert "group does not exist" in why_not(gone, heard(groups=frozenset({5})))
    gone = Condition(Match.ANYTHING, connection_id=2)
    assert "connection does not exist" in why_not(gone, heard(connection_id=2))


# hours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "then", "applies"),
    [
        (Hours(8 * 60, 17 * 60), at(0, 8), True),
        (Hours(8 * 60, 17 * 60), at(0, 17), False),
        (Hours(8 * 60, 17 * 60), at(0, 16, 59), True),
        (Hours(22 * 60, 6 * 60), at(0, 23), True),
        (Hours(22 * 60, 6 * 60), at(1, 5, 59), True),
        (Hours(22 * 60, 6 * 60), at(1, 6), False),
        (Hours(22 * 60, 6 * 60, frozenset({0})), at(1, 5), True),  # Monday's night
        (Hours(22 * 60, 6 * 60, frozenset({0})), at(0, 5), False),  # Sunday's
        (Hours(22 * 60, 6 * 60, frozenset({6})), at(0, 5), True),  # the week comes round
        (Hours(18 * 60, 0, frozenset({0})), at(0, 23, 59), True),
        (Hours(18 * 60, 0, frozenset({0})), at(1, 0), False),
        (Hours(weekdays=frozenset({5, 6})), at(5, 0), True),
        (Hours(weekdays=frozenset({5, 6})), at(4, 23, 59), False),
    ],
)
def test_hours(hours: Hours, then: datetime, applies: bool) -> None:
    assert hours.hold(then) is applies


minutes = st.integers(0, 24 * 60 - 1)


@given(start=minutes, end=minutes, days=st.frozensets(st.integers(0, 6)), at_=st.integers(0, 10079))
def test_a_span_and_the_one_from_its_end_to_its_start_cover_each_instant_once(
    start: int, end: int, days: frozenset[int], at_: int
) -> None:
    then = MONDAY + timedelta(minutes=at_)
    if start != end:
        both = Hours(start, end).hold(then) + Hours(end, start).hold(then)
        assert both == 1
    if Hours(start, end, days).hold(then):
        began = then.weekday() if start < end or then.hour * 60 + then.minute >= start else None
        assert (then.weekday() - 1) % 7 in days if began is None else began in days
    assert Hours(0, 0, EVERY_DAY).hold(then)


def test_hours_are_said() -> None:
    assert str(Hours(22 * 60, 6 * 60)) == "22:00 to 06:00, every day"
    assert str(Hours(0, 0, frozenset(range(5)))) == "Mon to Fri"
    assert str(Hours(480, 720, frozenset({0, 3}))) == "08:00 to 12:00, Mon, Thu"
    assert Hours().always


@given(
    match=st.sampled_from(list(Match)),
    words=st.lists(st.text(min_size=1), min_size=1).map(tuple),
    sender=st.sampled_from(list(Sender)),
    text=st.text(),
    known=st.booleans(),
)
def test_any_text_is_decided_and_with_a_reason(match, words, sender, text, known) -> None:
    wanted = Condition(match, words, sender, 5, "Volunteers")
    said = why_not(wanted, heard(text, known=known))
    assert said == "" or said[0].islower()
