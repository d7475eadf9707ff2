"""The store that the bench measures is one that a box could have made, here a small one."""

from __future__ import annotations

from pathlib import Path

from gateway.store import opening
from gateway.store.file import database
from gateway.store.search import search, views
from gateway.store.search.search import SearchCount, SearchFilter, Term
from tests.bench import million


def test_a_made_store_has_the_counts_and_the_index_of_a_grown_one(tmp_path: Path) -> None:
    million.build(tmp_path / "data", messages=3000, contacts=300)
    opening.open_store(tmp_path / "data")
    with database.connected():
        for view in views.View:
            ids = views.ids(view, None, 4000)
            assert getattr(views.counts(), view) == len(ids), view
            assert ids or view in (views.View.CALLS,), view
        rare = SearchFilter(terms=(Term(((million.RARE,),)),))
        assert search.number(rare, patience=9).exact
        assert search.number(rare, patience=9).value > 5
        number = database.execute("SELECT number FROM contact WHERE id = 1").fetchone()[0]
        of_ann = SearchFilter(people=(number,))
        said = "SELECT count(*) FROM message m WHERE deleted_at IS NULL AND (peer = ?1 OR EXISTS"
        said += " (SELECT 1 FROM dispatch WHERE message_id = m.id AND number = ?1))"
        assert search.number(of_ann, patience=9) == SearchCount(
            database.execute(said, (number,)).fetchone()[0], True
        )
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        days = "SELECT count(DISTINCT created_at / 86400000) FROM message"
        assert (
            database.execute("SELECT count(*) FROM span").fetchone()
            == database.execute(days).fetchone()
        )
    opening.close_store()
