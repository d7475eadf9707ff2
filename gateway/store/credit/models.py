"""How credit is watched, and every answer to a credit code."""

from __future__ import annotations

from peewee import BigIntegerField, ForeignKeyField, IntegerField, TextField

from gateway.store.connections.models import Connection
from gateway.store.file.table import Base


class CreditSetting(Base):
    """How a connection's credit is watched. Amounts are thousandths of its currency."""

    connection = ForeignKeyField(Connection, primary_key=True, on_delete="CASCADE")
    code = TextField(default="")  # USSD code that asks; "" = not asked
    pattern = TextField(default="")  # own regular expression with one group; "" = built-in reader
    every_hours = IntegerField(default=0)  # 0 = not by the clock
    after_sms = IntegerField(default=0)  # 0 = not by the number of SMS
    warn_below = BigIntegerField(null=True)
    hold_below = BigIntegerField(null=True)  # the queue waits while the balance is below


class CreditCheck(Base):
    """One answer to a credit or top-up code, and what was read out of it."""

    connection = ForeignKeyField(Connection, on_delete="CASCADE", index=False)
    at = BigIntegerField()
    kind = TextField(default="check")  # "check" | "topup"
    answer = TextField(default="")  # as people read it
    balance = BigIntegerField(null=True)  # thousandths; NULL = could not be read
    currency = TextField(default="")
    trouble = TextField(default="")  # plain words where there is no answer or no balance
    last_part = IntegerField(default=0)  # newest part then: what came after it was sent since

    class Meta:
        indexes = ((("connection", "at"), False),)
