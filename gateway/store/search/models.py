"""What there is to find beside the index of words (`found`, word_index)."""

from __future__ import annotations

from peewee import CompositeKey, IntegerField, TextField

from gateway.store.file.table import Base


class Party(Base):
    """Every number that a message came from or went to; triggers keep it."""

    number = TextField(primary_key=True)

    class Meta:
        without_rowid = True


class Word(Base):
    """Every word that is in the index of words: what a beginning may stand for."""

    word = TextField(primary_key=True)

    class Meta:
        without_rowid = True


class Spelling(Base):
    """Words of the index that are compared as something else (text.comparison), and as what."""

    folded = TextField()
    word = TextField()

    class Meta:
        primary_key = CompositeKey("folded", "word")
        without_rowid = True


class Span(Base):
    """From message `first` on, all were made on this day, until the next span begins.

    A trigger writes one whenever the day changes. The index of words is a virtual table, `found`,
    which is no model (gateway.store.search.word_index).
    """

    first = IntegerField(primary_key=True)
    day = IntegerField()  # since 1970, UTC
