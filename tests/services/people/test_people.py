"""Contacts, groups, blocked numbers and STOP; names and placeholders when sending."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gateway import sms
from gateway.decisions.dispatch_states import DispatchState
from gateway.events import Events
from gateway.modem.ledger import ReadPdu
from gateway.services.activities.stop_words import StopWords, counted_words, set_words
from gateway.services.messages.accept import Messages, WrittenMessage
from gateway.services.people.people import People, TypedContact
from gateway.services.people.placeholders import Template
from gateway.services.sending.ledger import RadioLedger
from gateway.store.file.database import execute
from gateway.store.messages import details, outbox, trash
from gateway.store.people import blocked, groups, people
from gateway.store.search import views
from gateway.text.comparison import letters
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock
from tests.support.settings import somebody

ANN, BOB, CAT = "+254712000001", "+254712000002", "+254712000003"


@pytest.fixture
def folk(clock: FakeClock, store: Path) -> People:
    return People(clock, Events(), lambda: "KE")


@pytest.fixture
def messaging(clock: FakeClock, store: Path) -> Messages:
    return Messages(clock, Events(), lambda: "KE")


def refused(call, *args) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        call(*args)
    said: dict[str, str] = {}
    for e in caught.value.errors:
        said[e.field] = f"{said.get(e.field, '')} {e.words}".strip()
    return said


def texts(message_id: int) -> dict[str, str]:
    due = outbox.due(2**60, {1: 9}, 50)
    return {d.number: d.text for d in due if d.message_id == message_id}


def states(message_id: int) -> dict[str, DispatchState]:
    found = details.get(message_id)
    assert found is not None
    return {d.number: d.state for d in found.dispatches}


def heard(clock: FakeClock, text: str, sender: str = ANN) -> int:
    sql = (
        "INSERT INTO message (direction, kind, text, peer, created_at, author, origin)"
        " VALUES ('in', 'sms', ?, ?, ?, '', 'radio') RETURNING id"
    )
    return execute(sql, (text, sender, clock.now())).fetchone()[0]


# contacts ---------------------------------------------------------------------------------------


def test_a_number_belongs_to_one_contact_however_it_is_written(folk):
    ann = folk.add(TypedContact("Ann", "0712 000-001"))
    assert people.get(ann).number == ANN
    said = refused(folk.add, TypedContact("Other", "00254712000001"))
    assert said == {"number": f"{ANN} belongs to “Ann” already."}
    assert folk.save(
        ann, TypedContact("Ann Otieno", "0712000001"), ()
    )  # its own number is no conflict


def test_everything_wrong_with_a_contact_is_said_at_once(folk):
    said = refused(folk.add, TypedContact("x" * 101, "the moon", "y" * 2001))
    assert set(said) == {"name", "number", "notes"}
    assert refused(folk.add, TypedContact(" \u0000 ", "")) == {"name": "Enter a name or a number."}


def test_names_are_found_for_numbers_in_national_form_too(folk):
    folk.add(TypedContact("Ann", ANN))
    folk.add(TypedContact("Bank", "12345"))
    found = folk.names(["0712000001", ANN, "12345", "BANK", BOB, ""])
    assert found == {"0712000001": "Ann", ANN: "Ann", "12345": "Bank"}


def test_search_forgives_case_accents_and_finds_numbers(folk):
    folk.add(TypedContact("José ÁLVAREZ", ANN))
    folk.add(TypedContact("Zoë", BOB))
    for find in ("jose", "ALVAREZ josé", "712000001", "álv", ANN):
        found = people.page(people.ContactFilter(find=find))
        assert [c.name for _, c in found] == ["José ÁLVAREZ"], find
    assert people.page(people.ContactFilter(find="nobody")) == []


def test_pages_follow_each_other_without_gap_or_overlap(folk):
    for n in range(25):
        folk.add(TypedContact(f"Same {n % 3}", f"+2547120{n:05d}"))
    folk.add(TypedContact("", "+254799999999"))
    seen, after = [], None
    while page := people.page(people.ContactFilter(), after, 7):
        seen += [c.id for _, c in page]
        after = page[-1][0]
    assert len(seen) == len(set(seen)) == 26
    assert people.get(seen[-1]).name == ""  # without a name: at the end


def test_what_was_said_with_somebody_leaves_the_deleted_out(folk, messaging, clock):
    got = heard(clock, "hi")
    sent = messaging.send(WrittenMessage(f"{ANN}, {BOB}", "both")).message_id
    other = messaging.send(WrittenMessage(BOB, "not her")).message_id
    assert people.history([ANN], None, 10) == [sent, got]
    assert people.history([ANN], sent, 10) == [got]
    trash.delete([got], clock.now(), "ann")
    assert people.history([ANN], None, 10) == [sent]
    assert other not in people.history([ANN], None, 10)


# groups and fields ------------------------------------------------------------------------------


def test_deleting_a_group_keeps_its_people(folk):
    group = folk.make_group("Volunteers")
    ann = folk.add(TypedContact("Ann", ANN), [group])
    assert people.get(ann).groups == ("Volunteers",)
    folk.delete_group(group, "admin")
    assert people.get(ann).groups == ()
    assert groups.groups() == []


def test_a_group_in_use_is_not_deleted_and_its_user_is_named(folk):
    group = folk.make_group("Volunteers")
    sql = "INSERT INTO routing_rule (position, kind, value) VALUES (7, 'group', ?)"
    execute(sql, (str(group),))
    assert "routing rule 7" in refused(folk.delete_group, group, "admin")["group"]
    assert groups.get(group)


@pytest.mark.parametrize("name", ["", "  ", "a, b", "a;b", "a<b", "0712345678", "112", "x" * 61])
def test_a_group_has_a_name_that_can_stand_among_recipients(folk, name):
    assert "name" in refused(folk.make_group, name)


def test_group_names_are_distinct_whatever_their_case(folk):
    group = folk.make_group("Volunteers")
    assert "exists" in refused(folk.make_group, "VOLUNTEERS")["name"]
    folk.rename_group(group, "volunteers")  # to itself


def test_joining_twice_counts_once(folk):
    group, ann = folk.make_group("G"), folk.add(TypedContact("Ann", ANN))
    assert [folk.join(group, [ann, ann]), folk.join(group, [ann, 999])] == [1, 0]
    assert [folk.leave(group, [ann]), folk.leave(group, [ann])] == [1, 0]


def test_a_field_that_goes_takes_its_values_with_it(folk):
    town, team = folk.add_field("Town"), folk.add_field("Team")
    ann = folk.add(TypedContact("Ann", fields={town: "Kisumu", team: "Red"}))
    folk.rename_field(town, "City")
    assert Template("{city}").unknown == []
    folk.delete_field(town, "admin")
    assert people.get(ann).fields == {team: "Red"}


@pytest.mark.parametrize("name", ["", "name", "Number", "a{b", "notes"])
def test_a_field_needs_a_name_of_its_own(folk, name):
    assert "name" in refused(folk.add_field, name)


# recipients by name -----------------------------------------------------------------------------


def test_groups_people_and_numbers_are_one_list_of_distinct_recipients(folk, messaging):
    group = folk.make_group("Volunteers")
    folk.add(TypedContact("Ann", ANN), [group])
    folk.add(TypedContact("Bob", BOB), [group])
    folk.add(TypedContact("Cat, the Great", CAT))
    found = messaging.recipients("volunteers; ann\n0712 000 002, Cat the Great <0712000003>")
    assert found.numbers == (ANN, BOB, CAT)
    assert found.bad == ()


def test_what_cannot_be_resolved_is_refused_by_name(folk, messaging):
    folk.make_group("Nobody")
    folk.make_group("Twin")
    folk.add(TypedContact("Twin", ANN))
    folk.add(TypedContact("Ann", BOB))
    folk.add(TypedContact("ann", CAT))
    folk.add(TypedContact("Silent"))
    folk.join(folk.make_group("Mute"), [people.named("silent")[0].id])
    said = refused(messaging.send, WrittenMessage("Nobody, Twin, ANN, Silent, Mute, Ghost", "x"))
    for told in (
        "“Nobody” is a group that has nobody in it.",
        "“Twin” is a group and also a person",
        "“ANN” is the name of 2 people",
        "“Silent” has no phone number",
        "“Mute” is a group that has nobody with a number in it.",
        "“Ghost” is not a phone number, nor the name of a person or a group.",
    ):
        assert told in said["recipients"]


# placeholders -----------------------------------------------------------------------------------


def test_each_recipient_gets_their_own_words(folk, messaging):
    town = folk.add_field("Town")
    folk.add(TypedContact("Ann", ANN, fields={town: "Kisumu"}))
    text = "Hello {name} of {TOWN}, {{really}}: {number}"
    sent = messaging.send(WrittenMessage(f"{ANN}, {BOB}", text, fill=True)).message_id
    assert texts(sent) == {
        ANN: f"Hello Ann of Kisumu, {{really}}: {ANN}",
        BOB: f"Hello  of , {{really}}: {BOB}",
    }
    assert details.get(sent).text == text


def test_to_one_person_the_message_itself_is_filled_in(folk, messaging):
    folk.add(TypedContact("Ann", ANN))
    sent = messaging.send(WrittenMessage(ANN, "Hello {name}", fill=True)).message_id
    assert details.get(sent).text == "Hello Ann"
    assert texts(sent) == {ANN: "Hello Ann"}


def test_programs_send_braces_as_they_are(messaging):
    sent = messaging.send(WrittenMessage(ANN, '{"name": 1} {name}')).message_id
    assert texts(sent) == {ANN: '{"name": 1} {name}'}


def test_unknown_placeholders_are_refused_when_writing(folk, messaging):
    said = refused(messaging.send, WrittenMessage(ANN, "Hi {nmae}", fill=True))
    assert said["text"].startswith("{nmae} cannot be filled in. Use {name}, {number};")


def test_the_parts_of_each_recipient_are_their_own(folk, messaging):
    folk.add(TypedContact("x" * 100, ANN))
    accepted = messaging.send(WrittenMessage(f"{ANN}, {BOB}", "{name}" + "y" * 70, fill=True))
    assert accepted.sms == 3
    worded = messaging.word(WrittenMessage("", "{name}" + "y" * 70, fill=True), (BOB, ANN))
    assert (worded.parts, worded.longest) == (2, "x" * 100 + "y" * 70)


def test_a_text_that_is_empty_once_filled_in_is_refused(folk, messaging):
    folk.add_field("Town")
    assert (
        "Nothing would be left"
        in refused(messaging.send, WrittenMessage(ANN, "{town}", fill=True))["text"]
    )


def test_a_broadcast_to_5000_people_is_accepted_with_its_placeholders(folk, messaging, clock):
    group = folk.make_group("All")
    ids = [people.add(people.ContactInfo(f"P {n}", f"+2547{n:08d}"), 1) for n in range(5000)]
    folk.join(group, ids)
    accepted = messaging.send(WrittenMessage("All", "Hello {name}", fill=True))
    assert accepted.people == 5000


# blocked ----------------------------------------------------------------------------------------


def test_a_blocked_number_fails_at_once_and_the_others_go_out(folk, messaging):
    folk.block("0712000001", "admin")
    sent = messaging.send(WrittenMessage(f"{ANN}, {BOB}", "x")).message_id
    assert states(sent) == {ANN: DispatchState.FAILED, BOB: DispatchState.PENDING}
    assert "blocked" in details.get(sent).dispatches[0].reason


def test_blocking_stops_what_still_waits(folk, messaging):
    sent = messaging.send(WrittenMessage(ANN, "x")).message_id
    folk.block(ANN, "admin")
    assert states(sent) == {ANN: DispatchState.FAILED}


def test_resending_to_a_blocked_number_does_not_get_past_dispatch(folk, messaging):
    folk.block(ANN, "admin")
    sent = messaging.send(WrittenMessage(ANN, "x")).message_id
    messaging.resend([details.get(sent).dispatches[0].id], "admin")
    assert [d.blocked for d in outbox.due(2**60, {1: 9}, 9)] == [True]


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Stop!", "“STOP”", "stop all", "Unsubscribe"])
def test_stop_blocks_and_start_frees_both_in_the_audit_list(folk, clock, text):
    stopping = StopWords(clock, lambda: "KE")
    stopping.obey([heard(clock, text, "0712000001")])
    assert blocked.get(ANN).by_itself
    stopping.obey([heard(clock, "start")])
    assert blocked.get(ANN) is None
    rows = execute("SELECT who, action FROM audit ORDER BY id").fetchall()
    assert rows == [(ANN, "block"), (ANN, "unblock")]


@pytest.mark.parametrize("text", ["Stop by at nine", "please stop", "", "!", "STOPP", "s" * 500])
def test_what_only_has_the_word_in_it_blocks_nobody(folk, clock, text):
    StopWords(clock, lambda: "KE").obey([heard(clock, text)])
    assert blocked.count() == 0


def test_start_does_not_free_whom_a_person_blocked(folk, clock):
    folk.block(ANN, "admin")
    StopWords(clock, lambda: "KE").obey([heard(clock, "STOP"), heard(clock, "START")])
    assert blocked.get(ANN).who == "admin"
    assert folk.free(ANN, "admin")
    assert not folk.free(ANN, "admin")


def test_names_such_as_bank_cannot_block_anything(folk, clock):
    StopWords(clock, lambda: "KE").obey([heard(clock, "STOP", "BANK"), heard(clock, "STOP", "")])
    assert blocked.count() == 0


def test_the_words_are_a_setting(folk, clock):
    set_words("stop", "Acha, basta\nstop", somebody())
    assert counted_words("stop") == ("Acha", "basta", "stop")
    StopWords(clock, lambda: "KE").obey([heard(clock, "ACHA!"), heard(clock, "quit", BOB)])
    assert [b.number for b in blocked.page()] == [ANN]
    assert "cannot both" in refused(set_words, "start", "Stop", somebody())["start"]
    set_words("stop", "", somebody())
    assert counted_words("stop") == ()
    assert letters("  Stop-All ") == "stopall"


def test_a_stop_is_obeyed_in_the_commit_that_stores_it_and_never_loses_it(folk, clock, monkeypatch):
    stopping = StopWords(clock, lambda: "KE")
    ledger = RadioLedger(
        "p", clock, Events(), lambda: None, {}, threading.Event(), heard=stopping.obey
    )
    parts, dcs = sms.segment("STOP", reference=1)
    stamp = sms.Timestamp.from_epoch_ms(clock.now())
    deliver = sms.Deliver(
        sender=sms.Address.parse(ANN), timestamp=stamp, dcs=dcs, user_data=parts[0]
    )
    pdu, length = sms.join_pdu(sms.encode(deliver))
    with monkeypatch.context() as patch:
        patch.setattr(StopWords, "_read", lambda *_: 1 / 0)
        assert ledger.keep(None, [ReadPdu(pdu, "SM", 1, length)])
    assert views.counts().received == 1, "a mistake of ours must not lose the message"
    blocked_before = blocked.count()
    execute("DELETE FROM incoming")
    ledger.keep(None, [ReadPdu(pdu, "SM", 1, length)])
    assert (blocked_before, blocked.count()) == (0, 1)
