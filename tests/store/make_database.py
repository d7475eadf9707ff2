"""A database with something of everything in it, filled by the program itself.

    python -m tests.store.make_database tests/data/databases/filled/NNNN.sql

Whoever adds a migration runs this first, with the code from before, for the one that was added last
until then (NNNN). Later versions have to bring that file up to date (test_old_databases.py), so it
is never written again. A table that a migration adds gets some rows here.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

from gateway.clock import DAY
from gateway.decisions.activities.condition import Condition, Sender
from gateway.decisions.activities.guard import PastReply
from gateway.decisions.activities.steps import ActionKind, StepMove, StepState
from gateway.decisions.recurrence import Repeat, Unit, turns
from gateway.decisions.routing import Rule, RuleKind
from gateway.store import opening
from gateway.store.accounts import accounts, tokens
from gateway.store.activities import activities, replies, runs, stops, waits, webhooks
from gateway.store.connections import connections, rules
from gateway.store.credit import credit
from gateway.store.file import data_folder, database, jobs, settings
from gateway.store.messages import drafts, inbox, large_messages, outbox, trash
from gateway.store.messages.pdus import RawPdu
from gateway.store.people import blocked, groups, imports, people
from gateway.store.schedules import schedules
from gateway.store.schedules.schedule_runs import RunOutcome, ScheduleRunInfo
from gateway.store.sending import claims, queue
from tests.store.given import (
    ANN,
    BOB,
    CAT,
    NOW,
    claimed,
    dispatch,
    message,
    restore,
    sent,
    submitted,
)
from tests.store.pdus import deliver, status_report

MINUTE, HOUR = 60_000, 3_600_000
LATER = NOW + MINUTE
ICCID, IMSI = "892540200000000000{}", "63902000000000{}"
OTHERS = [f"+2547110000{n}" for n in range(10, 40)]
ZONE = "Africa/Nairobi"


def fill() -> None:
    """Into the open store, which is a new one. The same rows every time."""
    _access()
    _connections()
    _people()
    with mock.patch.object(random, "randrange", return_value=77):
        _sent()
    _reports()
    _received()
    _blocked()
    _jobs()
    _schedules()
    _activities()
    _deleted()


# access and settings ----------------------------------------------------------------------------


def _access() -> None:
    accounts.add_first_run_code("coded", None, NOW)
    assert accounts.claim_first_run("coded", "root", "scrypt$1", NOW)
    for name, role in (("ann", "user"), ("op", "operator"), ("gone", "viewer")):
        accounts.add_user(name, role, f"scrypt${name}", NOW, who="root")
    accounts.set_disabled(3, True, NOW + 1, who="root")
    accounts.add_first_run_code("unused", NOW + DAY, NOW)
    accounts.add_session("digest-1", 1, NOW, NOW + DAY, agent="Firefox", address="192.0.2.7")
    accounts.add_session("digest-2", 2, NOW + 1, NOW + DAY, agent="", address="2001:db8::1")
    accounts.touch_session(1, NOW + HOUR, NOW + 2 * DAY)
    tokens.add_token("till", "digest-3", NOW, scopes=("send",), who="root")
    tokens.touch_token("till", LATER)
    tokens.add_token("old", "digest-4", NOW, who="root")
    tokens.revoke_token("old", NOW + 2, who="root")
    accounts.signing_key("a-key-of-this-box")
    settings.put("time_zone", ZONE)
    settings.put("nested", {"country": "254", "list": [1, 2.5, None]})
    drafts.save(1, "token-1", (("to", ANN), ("text", "half-wri")), NOW + DAY)


def _connections() -> None:
    for n in (1, 2, 3):
        iccid, imsi = ICCID.format(n), IMSI.format(n)
        connections.upsert_connection(iccid, imsi, NOW + n, modem=f"imei:{n}")
    connections.rename(1, name="Büro", number="+254700000001")
    connections.set_pin(1, "1234")
    connections.set_pin(2, "0042")
    connections.take_pin(ICCID.format(1), IMSI.format(1), "", NOW + 3, tries_left=3)
    connections.set_options(1, per_minute=6, per_hour=100, per_day=500, reports=False, hang_up=True)
    connections.set_options(2, send_enabled=False, send_roaming=False)
    connections.forget(3, NOW + 5)
    connections.upsert_modem(
        imei="860000000000001",
        usb_path="1-1.1",
        manufacturer="HUAWEI",
        model="E3372",
        firmware="21.200",
        port="/dev/ttyUSB1",
        now=NOW,
    )
    limits = {"warn_below": Decimal("50.00"), "hold_below": Decimal("5.5")}
    settings = credit.CreditSettings(
        "*144#", r"KES ([\d.]+)", every_hours=12, after_sms=50, **limits
    )
    credit.put_settings(1, settings)
    credit.add(
        credit.CreditCheckInfo(1, NOW, raw="KES 120.50", balance=Decimal("120.50"), currency="KES")
    )
    credit.add(
        credit.CreditCheckInfo(1, NOW + HOUR, raw="Try later", trouble="There is no number in it.")
    )
    rules.add(Rule(RuleKind("prefix"), "+2547", 2))
    rules.add(Rule(RuleKind("prefix"), "+49", 1))
    rules.switch(4, on=False)


# people -----------------------------------------------------------------------------------------


def _people() -> None:
    town, size = groups.add_field("Town"), groups.add_field("Größe")
    for name in ("Farmers", "Łódź", "Vide"):
        groups.make(name, NOW)
    ann = people.add(people.ContactInfo("Ann Ärmel", ANN, "calls\nat night", {town: "Kisumu"}), NOW)
    bob = people.add(people.ContactInfo("bob", BOB), NOW + 1)
    people.add(people.ContactInfo("نورة", OTHERS[0]), NOW + 2)
    people.add(people.ContactInfo("Łukasz", "", "no number", {size: "XL"}), NOW + 3)
    people.add(people.ContactInfo("", OTHERS[1]), NOW + 4)
    groups.join(1, [ann, bob])
    groups.join(2, [ann])
    groups.set_always(1, True, NOW, "root")
    people.set_always(bob, True, NOW, "root")
    content = b"name,number\nAnn,+254711000001\nX,12\n"
    done = imports.add("people.csv", content, 2, NOW, "root")
    imports.add("later.csv", content, 2, NOW + 1, "root")
    imports.start(done, '{"name": 0, "number": 1}', ("name", "number"), 2)
    imports.advance(done, 0, 2, 1, 0, 0, 1)
    imports.keep_problems(done, [imports.ImportProblemInfo(3, ("X", "12"), "12 is too short.")])
    imports.finish(done)


def _blocked() -> None:
    blocked.block(OTHERS[2], NOW, "root")
    blocked.block(CAT, NOW + 1, "", "STOP")
    blocked.block(OTHERS[3], NOW, "root")
    blocked.free(OTHERS[3], NOW + 2, "root")


# messages ---------------------------------------------------------------------------------------


def _sent() -> None:
    """In every state, whole and in parts."""
    dispatch(ANN, text="waits", author="root", client_id="c-1", connection_id=1)
    submitted(dispatch(BOB, text="handed over", at=NOW + 1), 1, LATER)
    sent(dispatch(ANN, text="sent: Grüße", at=NOW + 2), 1, 5, LATER)
    sent(dispatch(ANN, text="delivered", at=NOW + 3), 1, 6, LATER)
    claims.next_reference(BOB)
    three = claimed(dispatch(BOB, text="one of three", parts=3, at=NOW + 4), 1, 3, LATER)
    claims.submitted(three.parts[0].part_id, 1, LATER)
    claims.accepted(three.parts[0].part_id, 20, LATER)
    two = claimed(dispatch(CAT, text="'quoted';\n\ttwice", parts=2, at=NOW + 5), 2, 2, LATER)
    for mr, part in enumerate(two.parts, 30):
        claims.submitted(part.part_id, 2, LATER)
        claims.accepted(part.part_id, mr, LATER)
    for number, code, again in ((OTHERS[4], "CMS 1", None), (OTHERS[5], "CMS 42", NOW + HOUR)):
        part_id = submitted(dispatch(number, text="refused", at=NOW + 6), 1, LATER)
        claims.refused(part_id, LATER, reason="No.", code=code, retry_at=again, avoid=True)
    part_id = submitted(dispatch(OTHERS[6], text="nobody knows", at=NOW + 8), 1, LATER)
    claims.unknown(part_id, LATER, "The modem was unplugged.", "")
    outbox.cancel([dispatch(OTHERS[7], text="cancelled", at=NOW + 9)], NOW + 10, "root")
    dispatch(OTHERS[8], text="expired", at=NOW - 3 * DAY, valid_until=NOW - 2 * DAY)
    queue.expire(NOW)
    again = dispatch(OTHERS[9], text="sent again", at=NOW + 11)
    part_id = submitted(again, 1, LATER)
    claims.refused(part_id, LATER, reason="No credit.", code="CMS 21", retry_at=None)
    outbox.resend([again], NOW + HOUR, "root")
    options = {"with_report": False, "when_uncertain": "resend", "priority": 5, "origin": "api"}
    message(ANN, BOB, CAT, OTHERS[10], text="Réunion", at=NOW + 12, author="root", **options)
    message(ANN, text="flash", flash=True, at=NOW + 13)
    texts = (("Hello Ann", 1), ("Hello Bob", 1))
    message(ANN, BOB, text="Hello {name}", texts=texts, at=NOW + 14)


def _reports() -> None:
    """What is sent is delivered, or is not; one comes before its time, one is for nobody."""
    whole = status_report(6, ANN, 0, LATER, LATER)
    none = status_report(200, "+254799000000", 0, NOW, NOW)
    inbox.keep(1, [RawPdu(whole), RawPdu(none, "SR", 4)], LATER + MINUTE)
    halves = [status_report(mr, CAT, mr and st, LATER, LATER) for mr, st in ((30, 0), (31, 0x46))]
    inbox.keep(2, [RawPdu(half) for half in halves], LATER + MINUTE)


def _received() -> None:
    at = NOW + 10 * MINUTE

    def keep(*pdus: str, at: int = at, through: int = 1) -> list[inbox.StoredPdu]:
        return inbox.keep(through, [RawPdu(pdu, "SM", n) for n, pdu in enumerate(pdus, 1)], at)

    inbox.erased([keep(deliver("help me, bitte: Straße", ANN))[0].incoming_id], at + 1)
    read = keep(deliver("read already", BOB, LATER), at=at + 2)[0].message_id
    assert read
    inbox.mark_read([read], at + 3)
    keep(deliver("first, ", part=(9, 2, 1)), deliver("second", part=(9, 2, 2)), at=at + 4)
    keep(deliver("second of three", CAT, part=(300, 3, 2), wide=True), at=at + 5)
    keep(deliver("given up", OTHERS[11], part=(11, 2, 1)), at=at - 3 * DAY)
    inbox.give_up_waiting(at)
    keep("0004FFFFFF", "07not hex", at=at + 6)
    keep(deliver("", ANN, dcs=4, data=b"\x00\x01\xff"), at=at + 7)
    keep(deliver("مرحبا 😀", OTHERS[0], None), at=at + 8, through=2)
    keep(deliver("short code", "12345"), deliver("short code", "12345"), at=at + 9)
    keep(deliver("replaced", BOB, pid=65), at=at + 10)
    keep(deliver("replacing", BOB, NOW + HOUR, pid=65), at=at + 11)
    keep(deliver("STOP", CAT), deliver("Do Łodzi i إلى البيت", BOB, NOW + HOUR), at=at + 12)
    inbox.called(1, ANN, at + 13)
    inbox.called(2, "", at + 14)
    one, two = _of_people()[:2]
    message(ANN, text="the answer", at=NOW + 2 * DAY, answers=((one, ANN),), author="root")
    stops.record(stops.Stop(one, CAT, "STOP", stops.Effect.KEPT))
    stops.record(stops.Stop(two, CAT, "STOP", stops.Effect.BLOCKED))


def _of_people() -> list[int]:
    rows = database.execute(
        "SELECT id FROM message WHERE direction = 'in' AND kind = 'sms' ORDER BY id"
    )
    return [message_id for (message_id,) in rows.fetchall()]


def _deleted() -> None:
    trash.delete([1, 2, 4, 7, _of_people()[-3]], NOW + DAY, "root")
    restore([1], NOW + DAY + 2, "root")
    with mock.patch.object(large_messages, "BITE", 2):  # as with thousands of recipients
        trash.mark_deleted([13], NOW + DAY + 3)


# later, and by itself ---------------------------------------------------------------------------


def _jobs() -> None:
    running = jobs.add("messages", '{"ids": [1]}', 10, NOW, "root")
    jobs.advance(running, 4, '{"after": 4}')
    jobs.end(jobs.add("export", "{}", 3, NOW + 1, "root"), "done", NOW + 9, result="3 messages.")
    jobs.end(jobs.add("messages", "{}", 3, NOW + 2, "ann"), "failed", NOW + 9, trouble="Full.")


def _schedules() -> None:
    zone, start = ZoneInfo(ZONE), datetime.fromisoformat("2027-02-01T09:30:00")
    ann = schedules.ScheduleRecipient("person", id=1)
    farmers, number = (
        schedules.ScheduleRecipient("group", id=1),
        schedules.ScheduleRecipient("number", BOB),
    )
    until = date(2027, 12, 31)
    weekly = Repeat(start, Unit.WEEK, weekdays=frozenset({0, 3}), until=until)
    wanted = [
        (Repeat(start), (number,), ZONE),
        (weekly, (ann, farmers), ZONE),
        (Repeat(start, Unit.MONTH, every=2), (number,), ZONE),
        (Repeat(start, Unit.DAY), (number,), ""),
    ]
    for n, (repeat, who, own) in enumerate(wanted, 1):
        plan = schedules.SchedulePlan(repeat, own, next(turns(repeat, zone)), ZONE)
        content = schedules.ScheduleContent(f"later {n}", who)
        made = {"author": "root", "origin": "page", "now": NOW}
        schedules.add(content, plan, client_id="s-1" if n == 1 else None, **made)
    first, second = islice(turns(weekly, zone), 2)
    missed = ScheduleRunInfo(RunOutcome.MISSED, first.at, first.at, words="The box was off.")
    out = outbox.OutgoingMessage("later 2", (ANN,), 1, NOW + 20, NOW + 20, NOW + DAY)
    on = (missed, ScheduleRunInfo(RunOutcome.SENT, first.at, first.at))
    _step(2, schedules.ScheduleStep(schedules.ScheduleStatus.ACTIVE, second, ZONE, on, out))
    _step(
        4,
        schedules.ScheduleStep(
            schedules.ScheduleStatus.PAUSED, first, ZONE, who="root", action="pause"
        ),
    )
    _step(
        1,
        schedules.ScheduleStep(
            schedules.ScheduleStatus.CANCELLED, None, ZONE, who="root", action="cancel"
        ),
    )


def _step(schedule_id: int, how: schedules.ScheduleStep) -> None:
    found = schedules.get(schedule_id)
    assert found
    assert schedules.move(found, how, NOW + DAY)


def _activities() -> None:
    action, whom = activities.Action, activities.ForwardRecipient
    forward = (whom(group=1), whom(person=2), whom(number=CAT))
    actions = (
        action(ActionKind.REPLY, "We come, {name}"),
        action(ActionKind.FORWARD, "", forward),
        action(ActionKind.JOIN, group_id=2),
        action(ActionKind.WEBHOOK, url="https://example.org/x", secret="s3cret"),
    )
    hear = Condition(words=("help", "hilfe"), sender=Sender.GROUP, group_id=1)
    street = Condition(words=("straße",), connection_id=1)
    leave = (action(ActionKind.LEAVE, group_id=2),)
    one = activities.add(activities.ActivityInfo("Help", hear, actions), NOW, "root")
    off = activities.ActivityInfo("Straße", street, leave, enabled=False)
    webhooks.register(activities.add(off, NOW, "root"), "hook-7")
    webhooks.refused(4, "404 Not Found", NOW + 9, given_up=True)
    stored = activities.get(one)
    assert stored
    help_, other, third, fourth = _of_people()[:4]
    runs.decide(help_, [runs.FiredActivity(one, "Help", stored.actions)], NOW + DAY)
    runs.decide(other, [], NOW + DAY)
    runs.decide(third, [runs.FiredActivity(one, "Help", stored.actions[1:2])], NOW + DAY)
    runs.move(1, StepState.WAITING, StepMove.FINISH, NOW + DAY, words="Replied.")
    runs.move(4, StepState.WAITING, StepMove.CALL, NOW + DAY)
    waits.add(fourth, [(one, "Help")])
    replies.add(ANN, PastReply(NOW + DAY, help_, "We come, Ann"))
    replies.silence(CAT, NOW + DAY, "Too many.")


# writing it down --------------------------------------------------------------------------------


def dump(database: sqlite3.Connection) -> Iterator[str]:
    """As SQL. Not `iterdump`, which cannot read an index of words that keeps no texts."""
    sql = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    found = [(kind, name, " ".join(sql.split())) for kind, name, sql in database.execute(sql)]
    virtual = [name for _, name, sql in found if sql.startswith("CREATE VIRTUAL")]
    behind = tuple(f"{name}_" for name in virtual)  # the tables that it makes by itself
    tables = [(name, sql) for kind, name, sql in found if kind == "table"]
    yield "BEGIN TRANSACTION;"
    for name, made in sorted(tables, key=lambda table: table[0].startswith(behind)):
        yield f'DELETE FROM "{name}";' if name.startswith(behind) else f"{made};"
        if name not in virtual and (rows := _rows(database, name)):
            yield f'INSERT INTO "{name}" VALUES\n' + ",\n".join(rows) + ";"
    for wanted in ("index", "trigger"):  # after the rows, which no trigger is to count again
        yield from (f"{sql};" for kind, _, sql in found if kind == wanted)
    yield "COMMIT;"


def _rows(database: sqlite3.Connection, table: str) -> list[str]:
    names = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    values = " || ',' || ".join(f'quote("{name}")' for name in names)
    return [f"({row})" for (row,) in database.execute(f'SELECT {values} FROM "{table}"')]


def write(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opening.open_store(Path(folder))
        with database.connected():
            fill()
            database.execute("UPDATE schema_migration SET applied = '2027-01-15 08:00:00'")
        opening.close_store()
        with closing(sqlite3.connect(Path(folder) / data_folder.FILE_NAME)) as made:
            lines = ["-- Written by the program (make_database.py). Not to be changed."]
            target.write_text("\n".join([*lines, *dump(made), ""]), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
