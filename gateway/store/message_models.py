"""The tables of messages, whom they go to, what the radio made of them, and the index of words;
a part of models.
"""

from __future__ import annotations

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from gateway.store.file.table import Base
from gateway.store.radio_models import Connection


class Message(Base):
    """One SMS as a person sees it. Outgoing ones have dispatches, received ones have a peer."""

    direction = TextField()  # "in" | "out"
    kind = TextField(default="sms")  # "sms" | "call"
    text = TextField()
    peer = TextField(default="")  # sender as shown: E.164, short code or name such as BANK
    created_at = BigIntegerField()  # arrival here, or acceptance here
    sent_at = BigIntegerField(null=True)  # TP-SCTS of a received one: the centre's clock
    sent_offset = IntegerField(null=True)  # minutes east of UTC that TP-SCTS was given in
    connection = ForeignKeyField(Connection, null=True, index=False)  # chosen / received on
    client_id = TextField(null=True, unique=True)  # identifier that API clients use
    author = TextField(default="")  # who wrote it: user or token name
    origin = TextField(default="page")  # "page" | "api" | "cli" | "radio"
    with_report = BooleanField(default=True)
    when_uncertain = TextField(default="hold")  # "hold" | "resend"
    note = TextField(default="")  # what a person should know: "part 2 of 3 is missing", "binary"
    complete = BooleanField(default=True)  # False: received with parts missing
    read_at = BigIntegerField(null=True)
    deleted_at = BigIntegerField(null=True)
    flash = BooleanField(default=False)  # class 0: shown at once, not stored by the phone
    triggered = BooleanField(null=True)  # an activity ran for it; NULL = not decided, or not asked

    class Meta:
        indexes = (
            (("deleted_at", "id"), False),
            (("direction", "deleted_at", "id"), False),
            (("peer", "id"), False),
        )


Message.add_index(
    Message.id,
    where=SQL("direction = 'in' AND read_at IS NULL AND deleted_at IS NULL"),
    name="message_unread",
)
Message.add_index(
    Message.id,
    where=SQL("direction = 'in' AND kind = 'sms' AND deleted_at IS NULL"),
    name="message_received",
)
Message.add_index(
    Message.id, where=SQL("kind = 'call' AND deleted_at IS NULL"), name="message_calls"
)
Message.add_index(
    Message.id,
    where=SQL("direction = 'in' AND kind = 'sms' AND deleted_at IS NULL AND triggered IS NOT 1"),
    name="message_untriggered",
)


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
    outcome = TextField()  # gateway.store.sending.transitions.Outcome
    code = TextField(default="")
    reason = TextField(default="")


class Incoming(Base):
    """One PDU off a modem, raw, from before it is deleted there. Reports and rubbish included."""

    connection = ForeignKeyField(Connection, null=True, index=False)
    digest = TextField()  # sha256 of the TPDU: the same PDU read twice makes one row
    pdu = TextField()  # as read, hex or whatever the modem gave
    memory = TextField(default="")  # "SM", "ME", ... ; "" = came directly
    slot = IntegerField(default=-1)
    length = IntegerField(null=True)  # of the TPDU in octets, as the modem claimed
    arrived_at = BigIntegerField()
    erased_at = BigIntegerField(null=True)  # the modem confirmed the deletion
    kind = TextField()  # gateway.store.messages.pdus.Kind
    sender = TextField(default="")  # with its type of address; of a report: the recipient's number
    sent_at = BigIntegerField(null=True)  # TP-SCTS
    ref_bits = IntegerField(default=0)  # 0 = not concatenated, 8 or 16
    ref = IntegerField(default=0)
    total = IntegerField(default=1)
    seq = IntegerField(default=1)
    set_id = IntegerField(null=True)  # the row whose arrival began the multi-part message
    mr = IntegerField(null=True)  # reports: TP-MR
    status = IntegerField(null=True)  # reports: TP-ST
    message = ForeignKeyField(Message, null=True, on_delete="SET NULL", index=False)
    # reports: what it settled
    part = ForeignKeyField(Part, null=True, on_delete="SET NULL", index=False)
    error = TextField(default="")  # why it could not be decoded: field path and offset
    pid = IntegerField(default=0)  # TP-PID; 65 to 71 take the place of an earlier one

    class Meta:
        indexes = ((("digest", "arrived_at"), False),)


# Without the empty ones, which are most, and which no query may come to walk through.
Incoming.add_index(Incoming.message, where=SQL("message_id IS NOT NULL"), name="incoming_message")
Incoming.add_index(Incoming.part, where=SQL("part_id IS NOT NULL"), name="incoming_part")
Incoming.add_index(
    Incoming.sender,
    Incoming.ref,
    Incoming.total,
    Incoming.arrived_at,
    where=SQL("set_id IS NOT NULL"),
    name="incoming_set",
)
Incoming.add_index(
    Incoming.set_id,
    where=SQL("set_id IS NOT NULL"),
    name="incoming_parts",
)
Incoming.add_index(
    Incoming.arrived_at,
    where=SQL("set_id IS NOT NULL AND message_id IS NULL"),
    name="incoming_incomplete",
)
Incoming.add_index(
    Incoming.connection,
    Incoming.mr,
    Incoming.arrived_at,
    where=SQL("kind = 'report' AND part_id IS NULL"),
    name="incoming_unmatched",
)
Incoming.add_index(
    Incoming.sender,
    Incoming.pid,
    Incoming.id,
    where=SQL("pid BETWEEN 65 AND 71"),
    name="incoming_replacing",
)


class Answer(Base):
    """A message that was sent from here answers a received one (gateway.store.messages.answers)."""

    message = ForeignKeyField(Message, on_delete="CASCADE", backref="answers")  # the received one
    reply = ForeignKeyField(
        Message, null=True, on_delete="SET NULL", index=False, backref="replies_to"
    )
    number = TextField()  # its sender, as a recipient of the reply
    who = TextField(default="")
    at = BigIntegerField()


Answer.add_index(Answer.reply, where=SQL("reply_id IS NOT NULL"), name="answer_reply")


class Settling(Base):
    """A message whose dispatches have not all followed it yet (messages.large_messages)."""

    message = ForeignKeyField(Message, primary_key=True, on_delete="CASCADE")
    gone = BooleanField(default=False)  # it goes for good


class Tally(Base):
    """How many messages a view holds (gateway.store.search.views). Triggers keep it true."""

    name = TextField(primary_key=True)
    value = IntegerField(default=0)


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


class Reference(Base):
    """Next concatenation reference for a recipient: two long texts must not share one."""

    number = TextField(primary_key=True)
    value = IntegerField()
