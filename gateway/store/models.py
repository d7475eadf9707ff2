"""The tables. Instants are integer milliseconds since 1970 UTC; migrations/ must agree (tested).

Only this package imports this module: everybody else works with the values that outbox, inbox,
queries and their neighbours return.
"""

from __future__ import annotations

from peewee import SQL, BigIntegerField, IntegerField, TextField

from gateway.store.access_models import Audit, Draft, Session, Token, User
from gateway.store.activity_models import (
    Activity,
    ActivityAction,
    ActivityRun,
    ActivityStep,
    ActivityWait,
    AutoReply,
    Silenced,
    WebhookTrouble,
)
from gateway.store.file.table import Base
from gateway.store.message_models import (
    Answer,
    Attempt,
    Dispatch,
    Incoming,
    Message,
    Part,
    Party,
    Reference,
    Settling,
    Span,
    Spelling,
    Tally,
    Word,
)
from gateway.store.people_models import (
    Blocked,
    Contact,
    Group,
    Import,
    ImportProblem,
    Membership,
    OwnField,
    StopEffect,
)
from gateway.store.radio_models import Connection, CreditCheck, CreditSetting, Modem, RoutingRule
from gateway.store.schedule_models import Schedule, ScheduleRun


class Setting(Base):
    key = TextField(primary_key=True)
    value = TextField()  # JSON


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


TABLES: tuple[type[Base], ...] = (
    Connection,
    Modem,
    Message,
    Dispatch,
    Part,
    Attempt,
    Incoming,
    Answer,
    Settling,
    Tally,
    Party,
    Spelling,
    Word,
    Span,
    Reference,
    RoutingRule,
    Setting,
    User,
    Session,
    Token,
    Draft,
    CreditSetting,
    CreditCheck,
    Contact,
    Group,
    Membership,
    OwnField,
    Blocked,
    Import,
    ImportProblem,
    Job,
    Schedule,
    ScheduleRun,
    Activity,
    ActivityAction,
    ActivityRun,
    ActivityStep,
    ActivityWait,
    WebhookTrouble,
    AutoReply,
    Silenced,
    StopEffect,
    Audit,
)
