"""What came off the radio, raw: messages, and reports about parts that were sent."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, ForeignKeyField, IntegerField, TextField

from gateway.store.connections.models import Connection
from gateway.store.file.table import Base
from gateway.store.messages.models import Message
from gateway.store.sending.models import Part


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
    kind = TextField()  # gateway.store.messages.pdus.PduKind
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
