"""SIMs, the modems that carry them, and the rules that choose among them."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from gateway.store.file.table import Base


class Connection(Base):
    """A SIM in service. Settings follow the SIM, not the socket it happens to sit in."""

    sim_key = TextField(unique=True)  # ICCID, else "imsi:" + IMSI
    iccid = TextField(default="")
    imsi = TextField(default="")
    name = TextField()
    number = TextField(default="")  # own number as E.164, when known
    pin = TextField(default="")
    pin_tried = TextField(default="")  # PINs that were entered once, never again by themselves
    send_enabled = BooleanField(default=True)
    receive_enabled = BooleanField(default=True)
    position = IntegerField(default=0)
    created_at = BigIntegerField()
    last_up_at = BigIntegerField(null=True)
    send_roaming = BooleanField(default=True)
    reports = BooleanField(default=True)  # ask for delivery reports where the writer wants them
    hang_up = BooleanField(default=False)  # end calls that come in
    per_minute = IntegerField(null=True)  # SMS at most; 0 = no limit, NULL = the box's default
    per_hour = IntegerField(null=True)
    per_day = IntegerField(null=True)
    pin_tries = IntegerField(null=True)  # left before the SIM asks for its PUK, as last read
    pin_confirmed = BooleanField(default=False)  # a person wants it tried though few tries are left
    carried_by = TextField(default="")  # the modem that it was in last (identities.py)
    forgotten_at = BigIntegerField(null=True)  # gone for good: shown in history only


class Modem(Base):
    """A piece of hardware. IMEIs are not unique in the field, IMEI + USB path is."""

    imei = TextField()
    usb_path = TextField(default="")
    manufacturer = TextField(default="")
    model = TextField(default="")
    firmware = TextField(default="")
    port = TextField(default="")  # where it was last seen
    created_at = BigIntegerField()
    last_seen_at = BigIntegerField()

    class Meta:
        indexes = ((("imei", "usb_path"), True),)


class RoutingRule(Base):
    """Ordered preferences; gateway.decisions.routing reads them."""

    position = IntegerField()
    kind = TextField()  # "last_received" | "prefix" | "group" | "connection" | "any"
    value = TextField(default="")
    connection = ForeignKeyField(Connection, null=True, on_delete="CASCADE")
    enabled = BooleanField(default=True)
