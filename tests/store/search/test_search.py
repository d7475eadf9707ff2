"""Words and numbers find messages; what is deleted, changed or gone is not found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.store import opening
from gateway.store.file import database
from gateway.store.messages import inbox, outbox, trash
from gateway.store.messages.inbox import RawPdu
from gateway.store.people import people
from gateway.store.people.people import ContactInfo
from gateway.store.search import search, views, word_index
from gateway.store.search.search import SearchCount, SearchFilter, Term
from gateway.store.search.views import View
from gateway.text.tokenizer import distinct_words
from tests.store.given import ANN, BOB, CAT, NOW, connection, dispatches, message, restore, sent
from tests.store.pdus import deliver

pytestmark = pytest.mark.usefixtures("store")


def found(*said: str, **wishes: object) -> list[int]:
    terms = tuple(Term(((word,),)) for word in said)
    return search.page(SearchFilter(terms=terms, **wishes), None, 50).ids


def index() -> dict[str, list[int]]:
    """Every word that is in the index, with its messages."""
    database.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'found', 'row')")
    all_words = [w for (w,) in database.execute("SELECT term FROM v").fetchall()]
    database.execute("DROP TABLE temp.v")
    return {
        w: [
            i
            for (i,) in database.execute("SELECT rowid FROM found WHERE found MATCH ?", (f'"{w}"',))
        ]
        for w in all_words
    }


def test_every_word_has_to_be_there_newest_first() -> None:
    one = message(text="the pump has stopped")
    two = message(text="the PUMP is running")
    message(text="the well")
    assert found("pump") == [two, one]
    assert found("pump", "stopped") == [one]
    assert found("pump", "well") == []


def test_a_sent_message_is_found_by_each_number_and_by_what_each_recipient_got() -> None:
    texts = (("hello Zita", 1), ("hello Yusuf", 1))
    m = message(ANN, BOB, text="hello {name}", texts=texts)
    assert found(f"@{ANN}") == found(f"@{BOB}") == found("zita") == found("yusuf") == [m]
    assert found(f"@{CAT}") == []


def test_a_received_message_is_found_by_its_words_its_sender_and_its_sender_s_name() -> None:
    number = inbox.keep(None, [RawPdu(deliver("Water is back", sender=ANN))], NOW)[0].message_id
    call = inbox.called(None, BOB, NOW)
    assert found("water") == found(f"@{ANN}") == [number]
    assert found(f"@{BOB}") == [call]


def test_deleted_messages_are_not_found_until_restored() -> None:
    m = message(text="pump")
    trash.delete([m], NOW, "ann")
    assert found("pump") == [] == search.page(SearchFilter(), None, 5).ids
    assert search.number(SearchFilter(terms=(Term((("pump",),)),))) == SearchCount(0, True)
    restore([m], NOW, "ann")
    assert found("pump") == [m]


def test_what_is_deleted_for_good_leaves_no_word_behind() -> None:
    kept, gone = message(ANN, text="the pump"), message(BOB, text="the secret")
    trash.delete([gone], NOW, "ann")
    trash.destroy([gone], NOW, "ann")
    assert index() == {"the": [kept], "pump": [kept], f"@{ANN}": [kept]}
    left = {w for (w,) in database.execute("SELECT word FROM word").fetchall()}
    assert left == {"the", "pump"}


def test_a_message_that_was_never_indexed_can_be_deleted_for_good() -> None:
    sql = "INSERT INTO message (direction, text, created_at, deleted_at) VALUES ('in', 'x', 1, 2)"
    m = database.insert(sql)
    assert trash.destroy([m], NOW, "ann") == 1


def test_filters_narrow_it_down() -> None:
    c = connection()
    out = message(ANN, text="pump")
    sent(dispatches(out)[0], c)
    failed = message(BOB, text="pump")
    outbox.give_up(dispatches(failed), "No routing rule applies.", "", NOW)
    received = inbox.keep(c, [RawPdu(deliver("pump", sender=CAT))], NOW)[0].message_id
    assert found("pump", direction="in") == [received] == found("pump", unread=True)
    assert found("pump", direction="out") == [failed, out]
    assert found("pump", states=(DispatchState.FAILED,)) == [failed] == found(view=View.FAILED)
    assert found("pump", view=View.SENT) == [out]
    assert found("pump", view=View.RECEIVED) == [received]
    assert found("pump", connection_id=c) == [received, out]
    assert found("pump", people=(ANN, CAT)) == [received, out]
    assert found("pump", people=()) == []


def test_thousands_of_people_are_as_good_as_one() -> None:
    m, other = message(ANN, text="pump"), message(BOB, text="pump")
    many = (ANN, *(f"+2549{n:08}" for n in range(search.MOST_NUMBERS + 1)))
    assert found("pump", people=many) == [m]
    everybody = SearchFilter(terms=(Term((("nobody",),), many),))
    assert search.page(everybody, None, 9).ids == [m]
    either = SearchFilter(terms=(Term((("pump",),), many),))
    assert search.page(either, None, 9).ids == [other, m]


def test_hundreds_of_numbers_are_merged_newest_first_without_copies() -> None:
    crowd = tuple(f"+2549{n:08}" for n in range(search.MOST_NUMBERS + 5))
    made = [message(crowd[n], crowd[-n], text="pump" if n % 2 else "well") for n in range(1, 30)]
    message(ANN, text="pump")
    named = message(ANN, text="crowd")
    wanted = SearchFilter(terms=(Term((("crowd",),), crowd),))
    assert search.page(wanted, None, 99).ids == [named, *made[::-1]]
    assert search.page(wanted, made[20], 5).ids == made[19:14:-1]
    both = SearchFilter(terms=(Term((("crowd",),), crowd), Term((("pump",),))))
    assert search.page(both, None, 99).ids == made[::-1][::2]
    state = SearchFilter(terms=(Term((("crowd",),), crowd),), states=(DispatchState.PENDING,))
    assert search.page(state, None, 99).ids == [named, *made[::-1]]
    trash.delete(made, NOW, "ann")
    assert search.page(wanted, None, 99).ids == [named]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(0, 40), st.integers(0, 9))
def test_days_are_found_however_the_clock_jumped(days: list[int], first: int, more: int) -> None:
    database.execute("DELETE FROM message")
    database.execute("DELETE FROM span")
    made = [(message(at=day * DAY + 5), day) for day in days]
    wanted = [i for i, day in reversed(made) if first <= day <= first + more]
    since, until = first * DAY, (first + more + 1) * DAY
    assert search.page(SearchFilter(since=since, until=until), None, 99).ids == wanted
    assert search.page(SearchFilter(since=since), None, 99).ids == [
        i for i, day in reversed(made) if day >= first
    ]


def test_pages_follow_each_other_without_a_gap() -> None:
    made = [message(text="pump") for _ in range(30)]
    wanted = SearchFilter(terms=(Term((("pump",),)),))
    one = search.page(wanted, None, 20).ids
    assert one + search.page(wanted, one[-1], 20).ids == made[::-1]
    assert search.number(wanted, patience=9) == SearchCount(30, True)


def test_a_search_without_patience_says_how_far_it_came() -> None:
    for _ in range(200):
        message(text="pump")
    wanted = SearchFilter(terms=(Term((("pump",),)),), unread=True)
    seen = search.page(wanted, None, 20, patience=-1)
    assert seen.ids == []
    assert seen.reached == 200 - max(search.FIRST_CHUNK, 34) + 1
    while seen.reached is not None:
        before = seen.reached
        seen = search.page(wanted, before, 20, patience=-1)
    assert before == 200 - 2 * search.FIRST_CHUNK + 1


def test_a_completed_message_is_found_by_its_new_words_only() -> None:
    m = message(text="before")
    word_index.remove([m])
    database.execute("UPDATE message SET text = 'after' WHERE id = ?", (m,))
    word_index.add(m)
    assert (found("before"), found("after")) == ([], [m])


def test_the_index_is_made_for_what_was_there_before(store: Path) -> None:
    people.add(ContactInfo("Ann", ANN), NOW)
    m = message(ANN, BOB, text="the pump")
    before = index()
    for name in ("party_of_message", "party_of_dispatch", "span_begins"):
        database.execute(f"DROP TRIGGER {name}")
    for name in ("found", "word", "party", "span"):
        database.execute(f"DROP TABLE {name}")
    database.execute("DELETE FROM schema_migration WHERE name = '0005_search'")
    opening.close_store()
    opening.open_store(store)
    database.database.connect(reuse_if_open=True)
    assert index() == before
    assert found("pump", since=NOW - DAY, until=NOW + DAY) == [m]
    assert word_index.known_parties([ANN, BOB, CAT]) == [ANN, BOB]
    others = [f"+1{n:07d}" for n in range(word_index.MANY)]
    assert word_index.known_parties([*others, BOB, CAT]) == [BOB]


def test_a_page_tells_how_many_there_are_in_all(store) -> None:
    made = [message(ANN, text=f"pump {n}") for n in range(5)]
    wanted = SearchFilter(terms=(Term((("pump",),)),))
    found, count = search.counted_page(wanted, None, 9)
    assert (found.ids, found.reached, count) == (made[::-1], None, SearchCount(5, True))
    found, count = search.counted_page(wanted, None, 2)
    assert (found.ids, count) == (made[:-3:-1], SearchCount(5, True))
    found, count = search.counted_page(wanted, made[1], 2)
    assert (found.ids, count) == (made[:1], SearchCount(5, True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello, José!", ["hello", "jose"]),
        ("STRASSE straße", ["strasse"]),
        ("call 0712 345-678", ["call", "0712", "345", "678", "0712345678"]),
        ("٠٧١٢", ["0712"]),
        ("مَرْحَبًا", ["مرحبا"]),
        ("水が来た", ["水", "か", "水か", "来", "か来", "た", "来た"]),
        ("ok😀😀👍🏽", ["ok", "😀", "👍"]),
        ("…!? ", []),
    ],
)
def test_words_of_a_text(text: str, said: list[str]) -> None:
    assert distinct_words(text) == said


@given(st.text(max_size=300))
def test_any_text_is_indexed_and_found_by_each_of_its_words(text: str) -> None:
    database.execute("DELETE FROM message")
    m = database.insert(
        "INSERT INTO message (direction, text, peer, created_at) VALUES ('in', ?, '', 1)",
        (text.encode("utf-8", "replace").decode(),),
    )
    word_index.add(m)
    assert all(m in found(word) for word in distinct_words(text)[:10])
    word_index.remove([m])
    assert not any(m in found(word) for word in distinct_words(text)[:10])


def test_views_and_words_meet() -> None:
    assert set(views.STATES) | set(views.CONDITIONS) == set(View)
