"""What concerns the file as a whole: settings, what was done, long work, its versions."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, CharField, DateTimeField, IntegerField, TextField

from gateway.store.file.table import Base


class Setting(Base):
    key = TextField(primary_key=True)
    value = TextField()  # JSON


class Audit(Base):
    at = BigIntegerField()
    who = TextField()
    action = TextField()
    detail = TextField(default="")


class Job(Base):
    """Long work that is done piece by piece (gateway.store.file.jobs)."""

    at = BigIntegerField()
    who = TextField(default="")
    kind = TextField()
    task = TextField(default="")  # JSON: what is to be done
    state = TextField(default="running")  # running | done | stopped | failed
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    place = TextField(default="")  # JSON: where the next piece begins
    result = TextField(default="")  # plain words
    trouble = TextField(default="")  # why it stopped
    ended_at = BigIntegerField(null=True)


Job.add_index(Job.id, where=SQL("state = 'running'"), name="job_running")


class SchemaMigration(Base):
    """A migration that has been applied; playhouse.migrations writes it."""

    name = CharField(unique=True)
    applied = DateTimeField()
