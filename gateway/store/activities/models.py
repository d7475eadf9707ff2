"""Activities as people set them up, what they set off, and what a STOP did."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from gateway.store.file.table import Base
from gateway.store.messages.models import Message


class Activity(Base):
    """A condition on received messages (gateway.store.activities.activities).

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
    webhook_id = TextField(default="")  # what the program that registered it calls it


Activity.add_index(
    Activity.webhook_id, unique=True, where=SQL("webhook_id <> ''"), name="activity_webhook"
)


class ActivityAction(Base):
    """What an activity does, in order."""

    activity = ForeignKeyField(Activity, on_delete="CASCADE")
    position = IntegerField()
    kind = TextField()  # gateway.decisions.activities.ActionKind
    text = TextField(default="")
    recipients = TextField(default="[]")  # JSON: {"group": 3}, {"person": 5}, {"number": "+254..."}
    group_id = IntegerField(null=True)
    url = TextField(default="")
    secret = TextField(default="")  # signs what is posted; "" = unsigned


class WebhookTrouble(Base):
    """It has not taken anything since then (gateway.store.activities.webhooks)."""

    action = ForeignKeyField(ActivityAction, primary_key=True, on_delete="CASCADE")
    since = BigIntegerField()
    words = TextField()
    given_up = IntegerField(default=0)


class ActivityWait(Base):
    """An activity with hours, and a message that came while nobody knew the time."""

    message = ForeignKeyField(Message, on_delete="CASCADE")
    activity_id = IntegerField()
    name = TextField()
    words = TextField(default="")  # why it did not run in the end; "" = not decided yet


class AutoReply(Base):
    """Automatic replies of the last day, for the guard; older ones are cleared away."""

    number = TextField()
    at = BigIntegerField()
    message_id = IntegerField(default=0)  # that was answered
    said = TextField(default="")  # what stood in it, made comparable

    class Meta:
        indexes = ((("number", "at"), False),)


class Silenced(Base):
    """A number that the guard answers no more for the time being (store.activities.replies)."""

    number = TextField(primary_key=True)
    at = BigIntegerField()
    words = TextField()


class ActivityRun(Base):
    """A message has set off an activity; 0 stands for the fallback reply (activities.runs)."""

    message = ForeignKeyField(Message, on_delete="CASCADE", index=False)
    activity_id = IntegerField()
    name = TextField()  # of the activity, as it was then
    at = BigIntegerField()

    class Meta:
        indexes = ((("message", "activity_id"), True),)


class ActivityStep(Base):
    """One action of a run, as it was wanted then; decisions.activities.steps holds its life."""

    run = ForeignKeyField(ActivityRun, on_delete="CASCADE")
    action_id = IntegerField()
    kind = TextField()
    text = TextField(default="")
    recipients = TextField(default="[]")
    group_id = IntegerField(null=True)
    state = TextField(default="waiting")
    state_at = BigIntegerField()
    due_at = BigIntegerField()  # webhooks: the next try
    tries = IntegerField(default=0)
    words = TextField(default="")  # what became of it, for people
    # the message that it made
    made = ForeignKeyField(Message, null=True, on_delete="SET NULL", index=False)


ActivityStep.add_index(
    ActivityStep.id, where=SQL("state = 'waiting'"), name="activity_step_waiting"
)
ActivityStep.add_index(
    ActivityStep.due_at,
    ActivityStep.action_id,
    where=SQL("state = 'calling'"),
    name="activity_step_calling",
)
ActivityStep.add_index(
    ActivityStep.made, where=SQL("made_id IS NOT NULL"), name="activity_step_made"
)


class StopEffect(Base):
    """What a received STOP or START did (gateway.store.activities.stops)."""

    message = ForeignKeyField(Message, primary_key=True, on_delete="CASCADE")
    number = TextField()
    word = TextField()
    effect = TextField()  # gateway.store.activities.stops.Effect


StopEffect.add_index(StopEffect.message, where=SQL("effect = 'kept'"), name="stop_effect_kept")
