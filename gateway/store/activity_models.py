"""The tables of activities as people set them up; a part of models. Runs of them are in models."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from gateway.store.table import Base


class Activity(Base):
    """A condition on received messages (gateway.store.activities).

    Group and connection are no foreign keys: an activity whose group is gone says so.
    """

    name = TextField()
    position = IntegerField()
    enabled = BooleanField(default=True)
    match = TextField(default="word")
    words = TextField(default="[]")  # JSON
    sender = TextField(default="anybody")
    group_id = IntegerField(null=True)
    connection_id = IntegerField(null=True)
    starts = IntegerField(default=0)  # minutes after midnight in the box's zone
    ends = IntegerField(default=0)
    weekdays = IntegerField(default=127)  # a bit for each, Monday the lowest
    fired = IntegerField(default=0)
    last_fired_at = BigIntegerField(null=True)
    created_at = BigIntegerField()


class ActivityAction(Base):
    """What an activity does, in order."""

    activity = ForeignKeyField(Activity, on_delete="CASCADE")
    position = IntegerField()
    kind = TextField()  # gateway.activities.ActionKind
    text = TextField(default="")
    recipients = TextField(default="[]")  # JSON: {"group": 3}, {"person": 5}, {"number": "+254..."}
    group_id = IntegerField(null=True)
    url = TextField(default="")
    secret = TextField(default="")  # signs what is posted; "" = unsigned


class AutoReply(Base):
    """Automatic replies of the last minutes, for the guard; older ones are cleared away."""

    number = TextField()
    at = BigIntegerField()

    class Meta:
        indexes = ((("number", "at"), False),)
