"""Whatever people type and choose: the messages they mean, or a plain sentence."""

from __future__ import annotations

import json
from dataclasses import asdict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.clock import HOUR
from gateway.services.messages.bulk import BulkAction, BulkTask, Selection
from gateway.services.messages.searches import MessageSearch, SearchQuestion
from gateway.store.connections import connections
from gateway.store.messages import inbox, lists, outbox
from gateway.store.messages.outbox import OutgoingMessage
from gateway.store.messages.pdus import RawPdu
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.search import search
from gateway.store.search.search import SearchCount, SearchFilter
from gateway.store.search.views import View
from tests.store.pdus import deliver

pytestmark = pytest.mark.usefixtures("store")
NOW = 1_795_000_000_000
ANN, BOB = "+254712345678", "+254733000111"


@pytest.fixture
def searching() -> MessageSearch:
    return MessageSearch(lambda: "KE", lambda: ZoneInfo("Africa/Nairobi"))


def sent(text: str, *numbers: str, at: int = NOW) -> int:
    return outbox.add(OutgoingMessage(text, numbers or (ANN,), 1, at, at))


def received(text: str, sender: str = ANN) -> int:
    (kept,) = inbox.keep(None, [RawPdu(deliver(text, sender=sender))], NOW)
    assert kept.message_id
    return kept.message_id


def find(searching: MessageSearch, q: str = "", view: View = View.ALL, **chosen: str) -> list[int]:
    plan = searching.plan(SearchQuestion(q, **chosen), view)
    assert plan.errors == ()
    found, number = searching.counted_page(plan, None, 50)
    assert found.reached is None
    assert number == SearchCount(len(found.ids), True)
    return found.ids


def wrong(searching: MessageSearch, q: str = "", **chosen: str) -> dict[str, str]:
    plan = searching.plan(SearchQuestion(q, **chosen))
    assert searching.page(plan, None, 50).ids == []
    return {e.field: e.words for e in plan.errors}


@pytest.mark.parametrize(
    "typed",
    [
        *("0712345678", "0712 345 678", "+254 712-345-678", "00254712345678", "712345678", "678"),
        *("(0712) 345 678", "254712345678", "٠٧١٢٣٤٥٦٧٨", "345678", "0712 3", "+254712"),
    ],
)
def test_a_number_is_found_in_whatever_form_it_is_typed(
    searching: MessageSearch, typed: str
) -> None:
    m = sent("hello", ANN)
    sent("hello", BOB)
    assert find(searching, typed) == [m]


@pytest.mark.parametrize("typed", ["0712345678", "+254712345678", "712 345"])
def test_a_sender_in_national_form_is_found_too(searching: MessageSearch, typed: str) -> None:
    m = received("hello", "0712345678")
    people.add(ContactInfo("Ann Otieno", ANN), NOW)
    assert find(searching, typed) == find(searching, "otieno") == [m]
    assert find(searching, who=typed if typed != "712 345" else "Ann Otieno") == [m]


def test_numbers_in_texts_are_found_however_they_are_grouped(searching: MessageSearch) -> None:
    m = sent("Please call 0700 111-222 today", BOB)
    assert find(searching, "0700111222") == find(searching, "0700 111 222") == [m]
    assert find(searching, "111") == find(searching, "07001") == [m]


def test_names_are_resolved_when_somebody_searches(searching: MessageSearch) -> None:
    m, reply = sent("the pump", ANN), received("yes", ANN)
    contact = people.add(ContactInfo("Ann Otieno", ANN), NOW)
    people.add(ContactInfo("Joann Bell", BOB), NOW)
    assert find(searching, "otieno") == find(searching, "ANN ot") == find(searching, "oti")
    assert find(searching, "otieno") == [reply, m]
    assert find(searching, "ann pump") == [m]
    people.save(ContactInfo("Zita", ANN, id=contact), NOW)
    assert find(searching, "otieno") == []
    assert find(searching, "zita") == [reply, m]


def test_the_last_word_may_be_a_beginning_the_others_may_not(searching: MessageSearch) -> None:
    m = sent("Remember the meeting")
    assert find(searching, "meet") == find(searching, "remember mee") == [m]
    assert find(searching, "rememb meeting") == find(searching, "eeting") == []


def test_a_beginning_of_very_many_words_is_a_whole_word_and_that_is_said(
    searching: MessageSearch,
) -> None:
    m = sent(" ".join(f"word{n}" for n in range(250)))
    plan = searching.plan(SearchQuestion("word"))
    assert plan.hints == (
        "“word” was looked for as a whole word only: very many words begin with it.",
    )
    assert find(searching, "word24") == [m]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("مرحبا بكم في العيادة", "العيادة"),
        ("שלום עולם", "עולם"),
        ("水道が故障しました", "故障"),
        ("水道が故障しました", "水"),
        ("mkutano 🎉 kesho", "🎉"),
        ("Déjà vu, Ängström", "angstrom deja"),
        ("มาประชุมพรุ่งนี้", "ประชุม"),
        ("내일 회의", "회의"),
        ("हिन्दी में", "हिन्दी"),
    ],
)
def test_texts_of_any_script_are_found(searching: MessageSearch, text: str, typed: str) -> None:
    m = sent(text)
    sent("other")
    assert find(searching, typed) == [m]


def test_days_are_those_of_the_box_s_zone_and_the_last_one_is_meant(
    searching: MessageSearch,
) -> None:
    midnight = 1_795_208_400_000  # 21 November 2026, 00:00 in Nairobi
    before, after = sent("a", at=midnight - 1), sent("b", at=midnight)
    late = sent("c", at=midnight + 24 * HOUR - 1)
    sent("d", at=midnight + 24 * HOUR)
    assert find(searching, since="2026-11-21", until="2026-11-21") == [late, after]
    assert find(searching, until="2026-11-20") == [before]


def test_people_and_groups_and_connections_and_states(searching: MessageSearch) -> None:
    ann = people.add(ContactInfo("Ann Otieno", ANN), NOW)
    people.add(ContactInfo("Bob Mwangi", BOB), NOW)
    team = groups.make("Team", NOW)
    groups.join(team, [ann])
    groups.make("Nobody", NOW)
    c = connections.upsert_connection("8944", "", NOW).connection_id
    a, b = sent("x", ANN), sent("x", BOB)
    r = received("x", ANN)
    assert find(searching, who="team") == find(searching, who="Ann Otieno") == [r, a]
    assert find(searching, who="mwangi") == find(searching, who="0733 000 111") == [b]
    assert find(searching, "x", direction="in") == find(searching, state="unread") == [r]
    assert find(searching, "x", state="pending") == find(searching, view=View.PENDING) == [b, a]
    assert find(searching, connection=str(c)) == []
    assert "has nobody" in wrong(searching, who="Nobody")["who"]


def test_what_cannot_be_meant_is_said_beside_its_field(searching: MessageSearch) -> None:
    assert wrong(searching, "?!")["q"] == "Type a word or a number to search for."
    assert "At most 12" in wrong(searching, " ".join("abcdefghijklmn"))["q"]
    assert "day" in wrong(searching, since="yesterday")["since"]
    assert "day" in wrong(searching, until="2026-02-30")["until"]
    assert "before" in wrong(searching, since="2026-02-02", until="2026-02-01")["until"]
    assert "“Xyz”" in wrong(searching, who="Xyz")["who"]
    assert wrong(searching, connection="9").keys() == {"connection"}
    assert wrong(searching, direction="up", state="odd").keys() == {"direction", "state"}


def test_deleted_communications_are_searched_elsewhere(searching: MessageSearch) -> None:
    m = sent("pump")
    assert find(searching, "pump", View.DELETED) == [m]


def test_a_search_survives_as_long_work(searching: MessageSearch) -> None:
    m = sent("pump")
    wanted = searching.plan(
        SearchQuestion("pump", who=ANN, state="pending", since="2020-01-01")
    ).wanted
    assert SearchFilter.of(json.loads(json.dumps(asdict(wanted)))) == wanted
    chosen = Selection(upto=m, search=wanted)
    task = BulkTask(BulkAction.DELETE, chosen, "ann")
    assert BulkTask.from_json(task.to_json()) == task
    later = sent("pump")
    assert list(chosen.chunks()) == [[m]]
    assert later


QUERIES = st.text(max_size=60) | st.text(
    alphabet="ab \"'*():^+-.,/{}ANDORNEAR0123456789@", max_size=40
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUERIES, QUERIES, st.text(max_size=12), st.text(max_size=12), st.text(max_size=9))
def test_anything_gives_a_result_or_a_plain_error(
    searching: MessageSearch, q: str, who: str, since: str, connection: str, state: str
) -> None:
    for asked in (
        SearchQuestion(q),
        SearchQuestion(q, who=who),
        SearchQuestion(q, since=since, until=since),
        SearchQuestion.of({"q": q, "connection": connection, "state": state, "direction": state}),
    ):
        plan = searching.plan(asked)
        assert all(e.words.endswith(".") for e in plan.errors)
        searching.page(plan, None, 5)
        searching.counted_page(plan, None, 5)
        lists.rows(search.ids(plan.wanted, None, 5))
