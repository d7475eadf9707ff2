"""SIMs and modems are known again, and a PIN is tried once."""

from __future__ import annotations

import pytest

from gateway.decisions.routing import RuleKind
from gateway.store.connections import connections, rules
from gateway.store.file import settings
from tests.store.given import NOW

pytestmark = pytest.mark.usefixtures("store")


def up(iccid: str, imsi: str = "", at: int = NOW) -> connections.ConnectionInfo:
    return connections.upsert_connection(iccid, imsi, at)


def test_a_sim_is_one_connection_wherever_it_sits() -> None:
    first = up("8944", "63902")
    again = up("8944", "63902", NOW + 1)
    assert again.connection_id == first.connection_id
    assert (again.name, again.created_at, again.last_up_at) == ("SIM 1", NOW, NOW + 1)
    assert up("8945").name == "SIM 2"


def test_a_sim_first_known_by_its_imsi_is_the_same_when_its_iccid_is_read() -> None:
    first = up("", "63902")
    assert up("8944", "63902").connection_id == first.connection_id
    assert up("8944").connection_id == first.connection_id
    assert up("", "63902").connection_id == first.connection_id
    assert len(connections.all_connections()) == 1


def test_another_card_with_the_same_imsi_number_is_another_connection() -> None:
    """Multi-SIM contracts: the ICCID tells the cards apart."""
    assert up("8944", "63902").connection_id != up("8945", "63902").connection_id


def test_what_a_person_named_keeps_its_name() -> None:
    c = up("8944").connection_id
    connections.rename(c, name="Office", number="+254711000001")
    found = up("8944")
    assert (found.name, found.number) == ("Office", "+254711000001")
    connections.rename(c, number="")
    found = connections.get(c)
    assert found is not None
    assert (found.name, found.number) == ("Office", "")
    assert connections.exists(c)
    assert not connections.exists(c + 1)


def test_a_pin_is_tried_once_until_the_sim_came_up_with_it() -> None:
    assert connections.take_pin("8944", "", "1234", NOW) == "1234"
    assert connections.take_pin("8944", "", "1234", NOW) is None
    assert connections.all_connections()[0].pin_was_tried
    up("8944")
    assert connections.take_pin("8944", "", "1234", NOW) == "1234"


def test_a_person_may_say_another_pin() -> None:
    connections.take_pin("8944", "", "1234", NOW)
    c = connections.all_connections()[0].connection_id
    connections.set_pin(c, "4321")
    assert connections.take_pin("8944", "", "1234", NOW) == "4321"
    assert connections.take_pin("8944", "", "1234", NOW) is None


def test_without_a_pin_none_is_tried() -> None:
    assert connections.take_pin("8944", "", "", NOW) is None
    assert not connections.all_connections()[0].pin_was_tried


def test_a_locked_sim_that_tells_no_number_gets_one_try_too() -> None:
    assert connections.take_pin("", "", "1234", NOW) == "1234"
    assert connections.take_pin("", "", "1234", NOW) is None
    up("8944", "63902")
    assert connections.take_pin("", "", "1234", NOW) == "1234"


def test_a_pin_waits_for_a_person_when_the_sim_would_not_forgive_two_more() -> None:
    assert connections.take_pin("8944", "", "1234", NOW, tries_left=2) is None
    c = connections.all_connections()[0]
    assert c.pin_tries == 2
    connections.set_pin(c.connection_id, "1234")
    assert connections.take_pin("8944", "", "", NOW, tries_left=2) is None
    connections.set_pin(c.connection_id, "1234", despite_few_tries=True)
    assert connections.take_pin("8944", "", "", NOW, tries_left=2) == "1234"
    connections.set_pin(c.connection_id, "5678")  # the confirmation was for the one before
    assert connections.take_pin("8944", "", "", NOW, tries_left=1) is None


def test_going_back_to_a_pin_that_was_tried_does_not_try_it_again() -> None:
    connections.take_pin("8944", "", "1234", NOW)
    c = connections.all_connections()[0].connection_id
    connections.set_pin(c, "4321")
    connections.take_pin("8944", "", "1234", NOW)
    connections.set_pin(c, "")
    assert connections.take_pin("8944", "", "1234", NOW) is None


def test_unknown_sims_behind_two_ports_do_not_share_their_tries() -> None:
    assert connections.take_pin("", "", "1234", NOW, port="/dev/a") == "1234"
    connections.upsert_connection("8945", "63903", NOW, "/dev/b")
    assert connections.take_pin("", "", "1234", NOW, port="/dev/a") is None
    assert connections.take_pin("", "", "1234", NOW, port="/dev/b") == "1234"


def test_a_sim_that_says_who_it_is_only_when_open_keeps_its_settings() -> None:
    connections.take_pin("", "", "", NOW, port="/dev/a")
    c = connections.all_connections()[0].connection_id
    connections.set_pin(c, "1234")
    found = connections.upsert_connection("8945", "63903", NOW, "/dev/a")
    assert (found.connection_id, found.iccid, found.has_pin) == (c, "8945", True)


def test_options_are_a_persons_and_only_those_that_exist() -> None:
    c = up("8944").connection_id
    assert connections.set_options(c, send_roaming=False, reports=False, per_hour=0)
    found = connections.get(c)
    assert found is not None
    assert (found.send_roaming, found.reports, found.per_hour, found.per_day) == (
        False,
        False,
        0,
        None,
    )
    assert not connections.set_options(c + 1, hang_up=True)
    with pytest.raises(ValueError, match="no option pin"):
        connections.set_options(c, pin=1)


def test_modems_with_the_same_imei_are_told_apart_by_where_they_sit() -> None:
    def seen(path: str, port: str, at: int) -> int:
        return connections.upsert_modem(
            imei="35", usb_path=path, manufacturer="M", model="X", firmware="1", port=port, now=at
        )

    a, b = seen("1-1", "/dev/ttyUSB0", NOW), seen("1-2", "/dev/ttyUSB3", NOW)
    assert a != b
    assert seen("1-1", "/dev/ttyUSB7", NOW + 1) == a
    found = connections.all_modems()[0]
    assert (found.port, found.created_at, found.last_seen_at) == ("/dev/ttyUSB7", NOW, NOW + 1)


def test_a_new_box_answers_through_the_last_connection_and_shares_the_rest() -> None:
    assert [rule.kind for rule in rules.enabled()] == [RuleKind.LAST_RECEIVED, RuleKind.ANY]


def test_settings_keep_any_json() -> None:
    assert settings.get("a", 7) == 7
    settings.put("a", {"b": [1, None]})
    settings.put("a", {"b": [2, "ü"]})
    assert settings.get("a") == {"b": [2, "ü"]}
    settings.forget("a")
    assert settings.get("a") is None


# who a SIM is that does not say so --------------------------------------------------------------

ZTE, OTHER = "861000000000001@1-1.2", "861000000000002@1-1.3"
ICCID, IMSI = "89254021000000000017", "639020000000017"


def opened(iccid: str, imsi: str, modem: str) -> int:
    return connections.upsert_connection(iccid, imsi, NOW, "/dev/a", modem).connection_id


def test_a_locked_sim_that_tells_nothing_is_the_one_that_this_modem_carried() -> None:
    here, there = opened(ICCID, IMSI, ZTE), opened("89254021000000000025", "639020000000025", OTHER)
    connections.set_pin(here, "1234")
    connections.set_pin(there, "9999")
    assert connections.behind("", "/dev/b", ZTE) == here
    assert connections.take_pin("", "", "", NOW, port="/dev/b", modem=ZTE) == "1234"
    assert opened(ICCID, IMSI, ZTE) == here
    assert len(connections.all_connections()) == 2


def test_a_modem_in_another_socket_is_known_by_its_imei() -> None:
    here = opened(ICCID, IMSI, ZTE)
    assert connections.behind("", "/dev/b", ZTE.replace("1-1.2", "1-1.4")) == here
    assert opened("89254021000000000025", "639020000000025", ZTE.replace("1-1.2", "1-1.3")) != here
    assert connections.behind("", "/dev/b", ZTE.replace("1-1.2", "1-1.4")) is None  # a pool of one


def test_the_only_sim_of_a_box_that_never_wrote_it_down_is_taken_for_it() -> None:
    here = opened(ICCID, IMSI, "")
    connections.set_pin(here, "1234")
    assert connections.take_pin("", "", "", NOW, port="/dev/a", modem=ZTE) == "1234"
    opened("89254021000000000025", "639020000000025", "")
    assert connections.behind("", "/dev/b", OTHER) is None


def test_what_the_sim_does_tell_counts() -> None:
    here = opened(ICCID, IMSI, ZTE)
    assert connections.behind("89254021000000000025", "/dev/a", ZTE) is None
    assert opened("", "639020000000025", ZTE) != here


@pytest.mark.parametrize("told", [ICCID[:-1], ICCID[:-2]])
def test_an_iccid_is_the_same_with_and_without_its_check_digit(told: str) -> None:
    here = opened(ICCID, IMSI, ZTE)
    assert connections.behind(told, "/dev/b", "") == here
    assert opened(told, "", OTHER) == here
    assert opened("", IMSI, OTHER) == here
    found = connections.get(here)
    assert found is not None
    assert found.iccid == ICCID
    assert connections.behind(told[:-3] + "999", "/dev/b", "") is None


def test_an_unknown_sim_that_turns_out_to_be_a_known_one_leaves_no_second_row() -> None:
    here, _ = opened(ICCID, IMSI, ZTE), opened("89254021000000000025", "639020000000025", OTHER)
    assert connections.take_pin("", "", "", NOW, port="/dev/c", modem="861000000000003@1") is None
    phantom = connections.behind("", "/dev/c", "861000000000003@1")
    assert phantom not in (None, here)
    connections.set_pin(phantom, "1234")
    found = connections.upsert_connection(ICCID, IMSI, NOW, "/dev/c", "861000000000003@1")
    assert (found.connection_id, found.has_pin) == (here, True)
    assert len(connections.all_connections()) == 2


def test_a_pin_that_opened_another_sim_is_that_ones() -> None:
    taken, other = opened(ICCID, IMSI, ZTE), opened("89254021000000000025", "6390", OTHER)
    connections.set_pin(taken, "1234")
    connections.pin_was_of(taken, other)
    first, second = connections.get(taken), connections.get(other)
    assert first is not None
    assert second is not None
    assert (first.has_pin, second.has_pin) == (False, True)


def test_what_another_stick_with_the_same_imei_carries_is_not_behind_this_one() -> None:
    """Whole pools of sticks share one: the PIN of a SIM is not tried on its neighbour."""
    here = opened(ICCID, IMSI, ZTE)
    connections.set_pin(here, "1234")
    second = ZTE.replace("1-1.2", "1-1.4")
    assert connections.behind("", "/dev/b", second, [ZTE]) is None
    assert connections.behind("", "/dev/b", second, [OTHER]) == here, "it was moved"
    taken = connections.take_pin("", "", "", NOW, port="/dev/b", modem=second, others=[ZTE])
    assert taken is None
    assert len(connections.all_connections()) == 2, "it has a page of its own for its PIN"


def test_the_only_sim_is_not_behind_a_second_modem() -> None:
    here = opened(ICCID, IMSI, "")
    assert connections.behind("", "/dev/b", OTHER, [ZTE]) is None
    assert connections.behind("", "/dev/b", OTHER) == here


@pytest.mark.parametrize("iccid", ["", ICCID])
def test_a_forgotten_sim_that_asks_for_its_pin_is_known_again(iccid: str) -> None:
    """Else nobody could enter it: the page shows what is known."""
    assert connections.take_pin(iccid, "", "", NOW, port="/dev/a", modem=ZTE) is None
    known = connections.behind(iccid, "/dev/a", ZTE)
    assert known is not None
    connections.forget(known, NOW)
    assert connections.take_pin(iccid, "", "", NOW, port="/dev/a", modem=ZTE) is None
    assert connections.get(known) is not None


def test_a_place_whose_unknown_sim_became_known_has_room_for_the_next() -> None:
    here = opened(ICCID, IMSI, OTHER)
    connections.take_pin("", "", "", NOW, port="/dev/a", modem=ZTE)
    assert opened(ICCID, IMSI, ZTE) == here
    opened(ICCID, IMSI, OTHER)  # it went back
    connections.take_pin("", "", "", NOW, port="/dev/a", modem=ZTE, others=[OTHER])
    known = connections.behind("", "/dev/a", ZTE, [OTHER])
    assert known not in (None, here)
    assert known is not None
    assert connections.get(known) is not None
