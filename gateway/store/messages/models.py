"""Messages as a person sees them, what answers what, how many there are, and half-written ones."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from gateway.store.accounts.models import User
from gateway.store.connections.models import Connection
from gateway.store.file.table import Base


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


class Draft(Base):
    """A half-written SMS, for its writer alone (gateway.store.messages.drafts)."""

    user = ForeignKeyField(User, on_delete="CASCADE", index=False)
    token = TextField()  # of the form
    fields = TextField()  # JSON: what is in the form
    changed_at = BigIntegerField()

    class Meta:
        indexes = ((("user", "token"), True),)
