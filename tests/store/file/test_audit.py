"""The audit list: a row and what it tells of are kept together, or neither is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.events import Events
from gateway.services.activities import stop_words
from gateway.services.box.preferences import Preferences
from gateway.services.connections import names
from gateway.services.connections.box_limits import BoxLimits
from gateway.services.connections.options import ConnectionOptions
from gateway.services.connections.removal import ConnectionRemoval
from gateway.services.connections.rules import Rules, TypedRule
from gateway.services.connections.status import StatusReader
from gateway.services.health.notices import NoticeOptions, Notices
from gateway.services.messages.accept import Messages
from gateway.services.messages.bulk import BulkAction, BulkActions, BulkTask, Selection
from gateway.services.schedules.schedules import Schedules
from gateway.services.sending.holds import SendingHolds
from gateway.store.accounts import accounts, tokens
from gateway.store.file import audit, database
from gateway.store.messages import outbox, trash
from gateway.store.people import blocked, groups, people
from tests.services.conftest import FakeClock
from tests.store.given import ANN, BOB, NOW, connection, dispatches, message
from tests.support.settings import decide, somebody

pytestmark = pytest.mark.usefixtures("store")


class Power(Exception):
    """Gone."""


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the index of words, which has tables of its own making."""
    names = [
        name
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("found", "sqlite_"))
    ]
    return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def rules() -> Rules:
    return Rules(FakeClock(), Events(), lambda: "KE")


def sims() -> ConnectionRemoval:
    return ConnectionRemoval(StatusReader(list, lambda: 1), FakeClock(), Events())


def wish(action: BulkAction, *ids: int) -> None:
    BulkActions(FakeClock(), Events()).do(BulkTask(action, Selection(ids), "ann"))


def preferences() -> Preferences:
    return Preferences(Events(), "KE")


def messaging() -> Messages:
    return Messages(FakeClock(), Events(), lambda: "KE")


def scheduling() -> Schedules:
    return Schedules(FakeClock(), Events(), messaging(), preferences(), str)


def options() -> ConnectionOptions:
    return ConnectionOptions(FakeClock(), Events(), SendingHolds(FakeClock()))


# What people do, each after what `given` makes.
DONE: dict[str, Callable[[], object]] = {
    "add a rule": lambda: rules().add(TypedRule("prefix", prefix="+254", connection="1"), "ann"),
    "change a rule": lambda: rules().change(
        1, TypedRule("prefix", prefix="+254", connection="1"), "ann"
    ),
    "switch a rule": lambda: rules().switch(1, "ann", on=False),
    "move a rule": lambda: rules().move(1, 1, "ann"),
    "delete a rule": lambda: rules().delete(1, "ann"),
    "go back to the usual rules": lambda: rules().restore_default("ann"),
    "replace the rules": lambda: rules().replace([(TypedRule("any"), True)], "ann"),
    "move what waits": lambda: sims().move(1, "2", "ann"),
    "add a user": lambda: accounts.add_user("bob", "reader", "hash", NOW, who="ann"),
    "set a password": lambda: accounts.set_password("ann", "other", NOW, who="ann"),
    "make a token": lambda: tokens.add_token("till", "digest", NOW, who="ann"),
    "block a number": lambda: blocked.block(BOB, NOW, "ann"),
    "delete a group": lambda: groups.delete(1, NOW, "ann"),
    "delete contacts": lambda: people.delete([1], NOW, "ann"),
    "delete": lambda: wish(BulkAction.DELETE, 1),
    "restore": lambda: wish(BulkAction.RESTORE, 2),
    "delete for good": lambda: wish(BulkAction.DESTROY, 2),
    "resend": lambda: outbox.resend(dispatches(3), NOW, "ann"),
    "withdraw": lambda: outbox.cancel(dispatches(1), NOW, "ann"),
    "set a connection": lambda: decide(options(), 1, name="Blue", hang_up=True, per_day=5),
    "enter a PIN": lambda: options().set_pin(1, "1234", by=somebody()),
    "name a connection": lambda: names.set_identity(
        1, "Blue", "", country="KE", events=Events(), by=somebody()
    ),
    "set the box": lambda: preferences().change(
        name="Clinic", country="UG", zone="Africa/Kampala", by=somebody()
    ),
    "set the limits": lambda: BoxLimits(FakeClock(), Events()).change(
        minute="1", hour="2", day="3", valid_hours="4", by=somebody()
    ),
    "set the notices": lambda: Notices(FakeClock(), messaging(), preferences()).change(
        NoticeOptions(per_day=3), somebody()
    ),
    "set the clock": lambda: scheduling().set_grace("7", somebody()),
    "set the words": lambda: stop_words.set_words("stop", "basta", somebody()),
}


@pytest.fixture(autouse=True)
def given(store: object) -> None:
    for iccid in ("8944", "8945"):
        connection(iccid)
    accounts.set_password("ann", "hash", NOW, who="", role="administrator")
    groups.make("Red", NOW)
    people.add(people.ContactInfo("Ann", ANN), NOW)
    message(ANN, connection_id=1)
    message(BOB)
    trash.delete([2], NOW, "ann")
    failed = dispatches(message(BOB))[0]
    outbox.give_up([failed], "No.", "", NOW)


@pytest.mark.parametrize("name", DONE)
def test_power_that_goes_between_a_change_and_its_row_leaves_neither(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()

    def write(*given: object) -> int:
        assert database.database.in_transaction()
        raise Power

    with monkeypatch.context() as patch:
        patch.setattr(audit, "write", write)
        with pytest.raises(Power):
            DONE[name]()
    assert everything() == before
    DONE[name]()
    assert len(everything()["audit"]) == len(before["audit"]) + 1


def test_a_row_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in no transaction"):
        audit.write(NOW, "ann", "delete", "1 message")
    assert len(audit.page(None, 9)) == 2, "those that were made before"
