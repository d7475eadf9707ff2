"""People and programs that sign in."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, ForeignKeyField, TextField

from gateway.store.file.table import Base


class User(Base):
    name = TextField(unique=True)
    password = TextField(default="")  # werkzeug hash; "" = cannot sign in
    role = TextField(default="administrator")
    created_at = BigIntegerField()
    disabled = BooleanField(default=False)
    signed_in_at = BigIntegerField(null=True)  # the last time, on the page


class Session(Base):
    """A signed-in browser. The cookie holds the secret, this row only its digest."""

    digest = TextField(unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    created_at = BigIntegerField()
    seen_at = BigIntegerField()
    expires_at = BigIntegerField()
    agent = TextField(default="")
    address = TextField(default="")


class Token(Base):
    """A program's key to the API. Only the digest is kept."""

    name = TextField(unique=True)
    digest = TextField(unique=True)
    created_at = BigIntegerField()
    used_at = BigIntegerField(null=True)
    scopes = TextField(default="send read")  # gateway.services.accounts.roles
    made_by = TextField(default="")
