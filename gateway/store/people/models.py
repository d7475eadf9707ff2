"""Contacts, groups, blocked numbers and imports."""

from __future__ import annotations

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from gateway.store.file.table import Base


class Contact(Base):
    """Somebody with a name or a number (gateway.store.people.people)."""

    name = TextField()
    number = TextField(default="")  # E.164 or a short code; "" = none
    notes = TextField(default="")
    fields = TextField(default="{}")  # JSON: id of the own field -> what is in it
    sort = TextField()  # the name made comparable; people without one come last
    search = TextField()  # the same and the number, each word after a blank
    created_at = BigIntegerField()
    changed_at = BigIntegerField()
    always = BooleanField(default=False)  # a STOP from here does not block

    class Meta:
        indexes = ((("sort", "id"), False),)


Contact.add_index(Contact.number, unique=True, where=SQL("number <> ''"), name="contact_number")


class Group(Base):
    name = TextField()
    sort = TextField(unique=True)
    created_at = BigIntegerField()
    always = BooleanField(default=False)  # a STOP from anybody in it does not block


class Membership(Base):
    group = ForeignKeyField(Group, on_delete="CASCADE", index=False)
    contact = ForeignKeyField(Contact, on_delete="CASCADE")

    class Meta:
        indexes = ((("group", "contact"), True),)


class OwnField(Base):
    """Something else that is known of people, such as their town."""

    name = TextField()
    sort = TextField(unique=True)


class Blocked(Base):
    """Not sent to. `word` is what the number itself wrote, "" when a person blocked it."""

    number = TextField(primary_key=True)
    at = BigIntegerField()
    who = TextField(default="")
    word = TextField(default="")

    class Meta:
        indexes = ((("at", "number"), False),)


class Import(Base):
    """A file of contacts on its way in (gateway.store.people.imports)."""

    at = BigIntegerField()
    who = TextField()
    name = TextField()
    content = BlobField()
    plan = TextField(default="")
    state = TextField(default="new")  # new | running | done
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    added = IntegerField(default=0)
    updated = IntegerField(default=0)
    skipped = IntegerField(default=0)
    bad = TextField(default="")
    numberless = IntegerField(default=0)


class ImportProblem(Base):
    """A row that did not go in; line 0 is the header of the file."""

    file = ForeignKeyField(Import, column_name="import_id", on_delete="CASCADE")
    line = IntegerField()
    cells = TextField()  # JSON
    words = TextField()
