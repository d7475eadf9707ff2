from __future__ import annotations

import pytest

from gateway.clock import HOUR
from gateway.store.accounts import accounts

pytestmark = pytest.mark.usefixtures("store")

NOW = 1_800_000_000_000


def test_a_person_is_made_once_and_then_changed() -> None:
    accounts.set_password("ann", "hash 1", NOW, who="ann")
    accounts.set_password("ann", "hash 2", NOW, who="ann")
    found = accounts.user("ann")
    assert found is not None
    assert found.password == "hash 2"
    assert accounts.user_names() == ["ann"]


def test_a_code_lets_in_one_person_once() -> None:
    accounts.add_first_run_code("d1", None, NOW)
    assert accounts.claim_first_run("d1", "ann", "hash", NOW)
    assert not accounts.claim_first_run("d1", "bob", "hash", NOW)
    assert accounts.user_names() == ["ann"]


def test_using_one_code_ends_the_others() -> None:
    for digest in ("d1", "d2"):
        accounts.add_first_run_code(digest, None, NOW)
    accounts.claim_first_run("d2", "ann", "hash", NOW)
    assert accounts.first_run_digests(NOW) == []


def test_a_password_set_elsewhere_ends_the_codes() -> None:
    accounts.add_first_run_code("d1", None, NOW)
    accounts.set_password("ann", "hash", NOW, who="ann")
    assert not accounts.claim_first_run("d1", "bob", "hash", NOW)


def test_a_code_that_expired_is_worth_nothing() -> None:
    accounts.add_first_run_code("d1", NOW + HOUR, NOW)
    assert accounts.first_run_digests(NOW + HOUR - 1) == ["d1"]
    assert not accounts.claim_first_run("d1", "ann", "hash", NOW + HOUR)


def test_only_the_newest_codes_are_kept() -> None:
    for number in range(5):
        accounts.add_first_run_code(f"d{number}", None, NOW)
    assert accounts.first_run_digests(NOW) == ["d2", "d3", "d4"]


def _session(digest: str = "s1", expires_at: int = NOW + HOUR) -> None:
    accounts.set_password("ann", "hash", NOW, who="ann")
    ann = accounts.user("ann")
    assert ann is not None
    accounts.add_session(digest, ann.id, NOW, expires_at, agent="browser", address="10.0.0.1")


def test_a_session_is_found_by_its_digest_until_it_expires() -> None:
    _session()
    found = accounts.session("s1", NOW + HOUR - 1)
    assert found is not None
    assert found.name == "ann"
    assert accounts.session("s1", NOW + HOUR) is None
    assert accounts.session("other", NOW) is None


def test_a_new_password_ends_the_sessions() -> None:
    _session()
    accounts.set_password("ann", "hash 2", NOW, who="ann")
    assert accounts.session("s1", NOW) is None


def test_a_new_session_clears_away_those_that_ended() -> None:
    _session("old", NOW + 1)
    ann = accounts.user("ann")
    assert ann is not None
    accounts.add_session("new", ann.id, NOW + 2, NOW + HOUR, agent="", address="")
    # With the clock set back the ended one would be valid again if it were still there.
    assert accounts.session("old", NOW) is None
    assert accounts.session("new", NOW) is not None


def test_the_signing_key_stays_what_it_was_first() -> None:
    assert accounts.signing_key("first") == "first"
    assert accounts.signing_key("second") == "first"
