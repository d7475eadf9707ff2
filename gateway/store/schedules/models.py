"""What is sent later."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from gateway.store.file.table import Base


class Schedule(Base):
    """A message that is sent later, once or again and again (gateway.store.schedules.schedules)."""

    text = TextField()  # with its placeholders
    recipients = TextField()  # JSON: numbers, people and groups; groups are expanded at each run
    connection = BigIntegerField(null=True)  # id of the chosen one; NULL: the routing rules decide
    with_report = BooleanField(default=True)
    when_uncertain = TextField(default="hold")
    flash = BooleanField(default=False)
    fill = BooleanField(default=False)  # placeholders are filled in
    priority = IntegerField(default=0)
    ttl_seconds = IntegerField(null=True)  # validity of each run's message; NULL: the usual one
    answers = TextField(default="")  # JSON: ids of the received messages that it answers
    client_id = TextField(null=True, unique=True)  # of the message, when it runs once
    author = TextField(default="")
    origin = TextField(default="page")
    created_at = BigIntegerField()
    changed_at = BigIntegerField()
    start = TextField()  # wall-clock time without zone, ISO 8601
    unit = TextField()  # gateway.decisions.recurrence.Unit
    every = IntegerField(default=1)
    weekdays = TextField(default="")  # "0 3": Monday and Thursday
    until = TextField(default="")  # last day, ISO 8601
    zone = TextField(default="")  # IANA name; "" = the box's own, whatever that is by then
    state = TextField(default="active")  # active | paused | done | cancelled
    next_wall = TextField(null=True)  # the turn that is waited for: by the calendar
    next_at = BigIntegerField(null=True)  # and as an instant, in `zone_used`
    zone_used = TextField(default="")
    version = IntegerField(default=0)  # counts changes and runs: who comes late changes nothing

    class Meta:
        indexes = ((("state", "next_at", "id"), False),)


class ScheduleRun(Base):
    """What became of a turn: sent, missed, or why it could not be sent."""

    schedule = ForeignKeyField(Schedule, on_delete="CASCADE", index=False)
    at = BigIntegerField()  # when it was dealt with
    planned_at = BigIntegerField()  # the turn's own instant; of several missed ones, the first
    last_at = BigIntegerField()  # and the last one
    turns = IntegerField(default=1)  # how many were missed
    outcome = TextField()  # gateway.store.schedules.schedule_runs.RunOutcome
    words = TextField(default="")
    message = BigIntegerField(null=True)  # id of the message; it may be deleted since
    unseen = BooleanField(default=False)  # nobody has acknowledged it yet

    class Meta:
        indexes = ((("schedule", "id"), False),)


ScheduleRun.add_index(ScheduleRun.id, where=SQL("unseen = 1"), name="schedule_run_unseen")
ScheduleRun.add_index(
    ScheduleRun.message, where=SQL("message IS NOT NULL"), name="schedule_run_message"
)
