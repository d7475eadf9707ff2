"""Whom messages go to, and what the radio made of them."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from gateway.store.connections.models import Connection
from gateway.store.file.table import Base
from gateway.store.messages.models import Message


class Dispatch(Base):
    """One recipient of one outgoing message (gateway.decisions.dispatch_states holds its life).

    `wanted`, `priority` and `held` are copied here from the message, so that the queue is read from
    one index, however many dispatches wait for something else.
    """

    message = ForeignKeyField(Message, on_delete="CASCADE")
    number = TextField()  # E.164, or a short code as it is
    state = TextField()
    state_at = BigIntegerField()
    due_at = BigIntegerField()  # not before; moved ahead by every retry
    valid_until = BigIntegerField(null=True)  # still pending by then: failed, "expired"
    priority = IntegerField(default=0)  # higher goes first
    # Connection that was chosen for it; 0 = the routing rules decide; -N = they do, and lead to N,
    # which had no room: not looked at again before it has (gateway.store.sending.queue).
    wanted = IntegerField(default=0)
    held = BooleanField(default=False)  # its message is deleted: not sent unless restored
    waiting = BooleanField(default=False)  # looked at, and no connection can carry it for now
    connection = ForeignKeyField(Connection, null=True, index=False)  # carries or carried it
    avoid = TextField(default="")  # ids of connections that another one may do better than: "3 5"
    attempts = IntegerField(default=0)  # refusals that count towards giving up
    reason = TextField(default="")  # plain words: why it waits, failed or is uncertain
    code = TextField(default="")  # evidence: "CMS 38", "TP-ST 70"
    parts = IntegerField(default=1)  # how many SMS it takes
    reference = IntegerField(null=True)  # concatenation reference, once it has parts
    sent_at = BigIntegerField(null=True)
    delivered_at = BigIntegerField(null=True)
    text = TextField(null=True)  # its own words, where a text is filled in for each recipient

    class Meta:
        indexes = (
            (("held", "state", "message"), False),
            (("number", "message"), False),  # what was said with somebody
        )


Dispatch.add_index(
    Dispatch.held,
    Dispatch.wanted,
    Dispatch.priority,
    Dispatch.due_at,
    Dispatch.id,
    Dispatch.number,
    Dispatch.waiting,
    Dispatch.state,  # always "pending" here; named so that the index alone answers
    where=SQL("state = 'pending'"),
    name="dispatch_queue",
)
Dispatch.add_index(
    Dispatch.valid_until,
    where=SQL("state = 'pending' AND held = 0 AND valid_until IS NOT NULL"),
    name="dispatch_expiry",
)
Dispatch.add_index(
    Dispatch.number,
    Dispatch.state,
    where=SQL("state = 'sending'"),
    name="dispatch_sending",
)
Dispatch.add_index(
    Dispatch.number,
    Dispatch.due_at,
    Dispatch.id,
    where=SQL("state = 'pending' AND attempts > 0"),
    name="dispatch_retrying",
)
Dispatch.add_index(
    Dispatch.reason,
    where=SQL("held = 0 AND state IN ('failed', 'uncertain')"),
    name="dispatch_causes",
)

Dispatch.add_index(
    Dispatch.connection,
    Dispatch.sent_at,
    where=SQL("sent_at IS NOT NULL"),
    name="dispatch_sent",
)
Dispatch.add_index(
    Dispatch.connection,
    Dispatch.state_at,
    where=SQL("state = 'failed'"),
    name="dispatch_failed",
)


class Part(Base):
    """One segment of a dispatch. Written at its first claim, so a retry sends the same bytes."""

    dispatch = ForeignKeyField(Dispatch, on_delete="CASCADE", index=False)
    seq = IntegerField()  # from 1
    tpdu = TextField()  # SMS-SUBMIT as hex, without the SMSC prefix
    state = TextField(default="new")  # new | submitted | accepted | unknown | delivered | failed
    mr = IntegerField(null=True)  # TP-MR that the modem assigned
    connection = ForeignKeyField(Connection, null=True, index=False)
    submitted_at = BigIntegerField(null=True)
    accepted_at = BigIntegerField(null=True)
    done_at = BigIntegerField(null=True)
    status = IntegerField(null=True)  # last TP-ST reported

    class Meta:
        indexes = ((("dispatch", "seq"), True),)


Part.add_index(
    Part.connection,
    Part.mr,
    Part.accepted_at,
    where=SQL("mr IS NOT NULL"),
    name="part_reference",
)
Part.add_index(
    Part.connection,
    Part.submitted_at,
    where=SQL("state = 'unknown'"),
    name="part_in_doubt",
)


class Attempt(Base):
    """What went wrong with a try, and when. Successes are told by the part itself."""

    dispatch = ForeignKeyField(Dispatch, on_delete="CASCADE")
    at = BigIntegerField()
    connection = ForeignKeyField(Connection, null=True, index=False)
    seq = IntegerField(default=0)  # part it concerned; 0 = none
    outcome = TextField()  # gateway.store.sending.transitions.AttemptOutcome
    code = TextField(default="")
    reason = TextField(default="")


class Reference(Base):
    """Next concatenation reference for a recipient: two long texts must not share one."""

    number = TextField(primary_key=True)
    value = IntegerField()
