"""Search and names know every spelling of a word, of what was stored before that was so as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.services.messages.searches import MessageSearch, SearchQuestion
from gateway.services.people.addressees import resolve
from gateway.store import opening
from gateway.store.file import database
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.search import word_index
from tests.store.given import ANN, BOB, NOW, message

pytestmark = pytest.mark.usefixtures("store")

# As names were compared before: marks left out, letters with strokes and such as they are.
BEFORE = {"Łódź": "łodz", "Lodz": "lodz", "Øre": "øre", "Zoë": "zoe", "عَلى": "على"}


def found(words: str) -> list[int]:
    searching = MessageSearch(lambda: "KE", lambda: None)
    plan = searching.plan(SearchQuestion(q=words))
    assert not plan.errors
    return searching.page(plan, None, 50).ids


def test_every_spelling_finds_every_other():
    texts = ["Łódź now", "LODZ now", "مدرسة", "مدرسه", "Straße", "strasse 7", "Đông", "dong"]
    ids = [message(text=text) for text in texts]
    for first in range(0, len(ids), 2):
        pair = sorted(ids[first : first + 2], reverse=True)
        for text in texts[first : first + 2]:
            assert found(text.split()[0]) == pair
            assert found(text.split()[0][:3]) == pair  # as the beginning of a word, too


def test_what_goes_for_good_leaves_no_spelling_behind():
    first, second = message(text="Łódź"), message(text="łódź!")
    word_index.remove([first])
    assert database.execute("SELECT word FROM spelling").fetchall() == [("łodz",)]
    word_index.remove([second])
    assert database.execute("SELECT word FROM spelling").fetchall() == []


def test_what_was_stored_before_is_found_and_names_stay_distinct(store: Path):
    known = message(text="Łódź, مدرسة")
    for name in ("Łódź", "Lodz", "Øre"):
        database.execute(
            'INSERT INTO "group" (name, sort, created_at) VALUES (?, ?, 1)', (name, BEFORE[name])
        )
    for name, number in (("Zoë عَلى", ANN), ("Øre", BOB)):
        contact_id = people.add(ContactInfo(name, number), NOW)
        sort = " ".join(BEFORE[word] for word in name.split())
        database.execute(
            "UPDATE contact SET sort = ?, search = ? WHERE id = ?",
            (sort, f" {sort} {number} {number[1:]}", contact_id),
        )
    database.execute("DROP TABLE spelling")
    database.execute("DELETE FROM schema_migration WHERE name = '0020_spellings'")
    opening.close_store()
    opening.open_store(store)
    database.database.connect(reuse_if_open=True)

    assert found("lodz") == found("مدرسه") == [known]
    assert [g.name for g in groups.groups()] == ["Łódź", "Lodz 2", "Øre"]
    assert [c.number for c in people.named(people.fold("ORE"))] == [BOB]
    assert [c.number for c in people.suggest("علي", 5)] == [ANN]
    assert [e.shown for e in resolve(["lodz 2"], "KE", empty_groups=True).entries] == ["Lodz 2"]
    with pytest.raises(groups.NameTaken):
        groups.make("ŁÓDŹ", NOW)
