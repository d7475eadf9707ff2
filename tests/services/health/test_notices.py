"""Who is told by SMS when something is wrong with the box: once, not often, never of trifles."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.clock import DAY, MINUTE
from gateway.events import Events
from gateway.health.issue import Issue, note, problem, warning
from gateway.services.box.preferences import Preferences
from gateway.services.health.notices import LONGEST, NoticeOptions, Notices
from gateway.services.messages.accept import Messages
from gateway.store.file import database
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock
from tests.support.settings import somebody

ADMIN = "+254712345678"


@pytest.fixture
def notices(store: Path, clock: FakeClock) -> Notices:
    preferences = Preferences(Events(), "KE")
    made = Notices(clock, Messages(clock, Events(), preferences.country), preferences)
    made.change(NoticeOptions(to=ADMIN), somebody())
    return made


def standing(clock: FakeClock, key: str = "network.none", minutes: int = 6) -> Issue:
    since = clock.ms - minutes * MINUTE
    return problem(key, "No network at /dev/ttyUSB2.", "Check the antenna.", since=since)


def told() -> list[tuple[str, str]]:
    rows = database.execute(
        "SELECT d.number, m.text FROM message m JOIN dispatch d ON d.message_id = m.id"
        " ORDER BY m.id"
    )
    return [(number, text) for number, text in rows.fetchall()]


def test_an_issue_that_stands_is_told_once_with_what_to_do(
    notices: Notices, clock: FakeClock
) -> None:
    notices.round([standing(clock, minutes=4)])
    assert told() == []
    for _ in range(3):
        notices.round([standing(clock)])
        clock.ms += MINUTE
    assert told() == [(ADMIN, "Pigeonbox: No network at /dev/ttyUSB2. Check the antenna.")]


def test_one_that_comes_and_goes_is_told_once_a_day(notices: Notices, clock: FakeClock) -> None:
    for _ in range(20):
        notices.round([standing(clock)])
        notices.round([])
        clock.ms += 20 * MINUTE
    assert len(told()) == 1
    clock.ms += DAY
    notices.round([])
    notices.round([standing(clock)])
    assert len(told()) == 2


def test_there_is_a_most_for_each_day(notices: Notices, clock: FakeClock) -> None:
    notices.change(NoticeOptions(to=ADMIN, per_day=3), somebody())
    issues = [
        problem("modem.silent", "Silent.", "", about=f"/dev/ttyUSB{n}", since=clock.ms - DAY)
        for n in range(9)
    ]
    for _ in range(3):
        notices.round(issues)
    assert len(told()) == 3


def test_only_what_was_chosen_is_told_and_never_a_note(notices: Notices, clock: FakeClock) -> None:
    notices.change(NoticeOptions(to=ADMIN, kinds=("credit",)), somebody())
    notices.round([standing(clock), note("credit.unknown", "Unknown.")])
    assert told() == []
    low = warning("credit.low", "The credit of Airtel is low: 3 KES.", "", since=clock.ms - DAY)
    notices.round([low])
    assert len(told()) == 1


def test_nobody_is_told_unless_somebody_is_named(notices: Notices, clock: FakeClock) -> None:
    notices.change(NoticeOptions(to=""), somebody())
    notices.round([standing(clock)])
    assert told() == []


def test_a_long_one_is_cut_to_two_sms(notices: Notices, clock: FakeClock) -> None:
    long = problem("disk.full", "x" * 1000, "", since=clock.ms - DAY)
    notices.round([long])
    assert len(told()[0][1]) == LONGEST


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (NoticeOptions(to="not a number"), "to"),
        (NoticeOptions(to=ADMIN, per_day=0), "per_day"),
        (NoticeOptions(to=ADMIN, kinds=("weather",)), "kinds"),
    ],
)
def test_what_cannot_be_is_refused(notices: Notices, options: NoticeOptions, field: str) -> None:
    with pytest.raises(Refused) as refused:
        notices.change(options, somebody())
    assert [e.field for e in refused.value.errors] == [field]
    assert notices.options() == NoticeOptions(to=ADMIN)
