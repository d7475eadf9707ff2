"""What the models have in common. They are the tables as they are now: the one description of the
data, from which queries are built.

Each room of the store has its own in models.py. Foreign keys decide who may import whom, one way
only (import-linter holds it), and models import nothing else of the store; any module may use the
models of any room:

    file
    accounts
    connections  <  credit
    messages                  (a message names its connection, a draft its writer)
    sending                   (a dispatch names its message)
    messages.incoming_models  (a report names the part that it is about)
    search, people, schedules, activities

Instants are integer milliseconds since 1970 UTC. The migrations make the tables, and describe the
past; a test compares what they make with what stands here (tests/store/test_models.py): tables,
columns, types, NULL, defaults, keys and indexes. An FTS5 table is no model: `found` is written by
search/word_index.py.

Only gateway.store imports models: everybody else works with the frozen values that it returns.
"""

from __future__ import annotations

from peewee import AutoField, Model

from gateway.store.file.database import database


class Base(Model):
    id: AutoField  # peewee makes it, unless the model names another primary key

    class Meta:
        database = database
        legacy_table_names = False
