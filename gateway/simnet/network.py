"""The pretend carrier: joins simulated modems and pretend phones into one network.

A SUBMIT from a modem becomes a DELIVER at whoever has the number: another modem, or a phone.
Every number that no modem has is a phone that is switched on, unless `phone(number)` is told
otherwise or one of RULES fits its last digits. Parts travel as they are, with their headers.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from gateway import sms
from gateway.clock import SECOND, Clock, SystemClock
from gateway.simnet.later import DelayedActions
from gateway.simnet.phones import (
    INSUFFICIENT_CREDIT,
    INVALID_INFORMATION,
    RULES,
    Phone,
    PhoneRule,
)
from gateway.simnet.records import PhoneMessage, ReceivedSegment, SentSubmit, grouped, message_of
from gateway.simnet.textmode import Codec
from gateway.simnet.ussd import USSD_ANSWERS, Sessions
from hw.simulator import (
    GENERIC,
    Faults,
    MobileStation,
    Personality,
    SimCard,
    SimulatedModem,
)

_KEPT = 20_000  # messages that are remembered per network and per number
MOST_PARTS = 255
RINGS = 6.0  # seconds until a pretend caller gives up
# Numbers that the German regulator keeps free for films: +49 171 39200xx.
MODEM_NUMBERS = "+4917139200"


@dataclass(frozen=True, slots=True)
class _OnTheWay:
    """A DELIVER that has not arrived yet, and whom to tell when it has."""

    part: ReceivedSegment
    sender: MobileStation | None
    submit: sms.Submit | None


class Network:
    """Owns the numbers, everything that was sent, and what is still on the way.

    Implements `hw.simulator.Carrier`. Any thread may call any method; nothing waits, except
    `wait_for`.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        air_time: float = 0.0,
        report_delay: float = 0.0,
        zone_minutes: int = 60,
        country: str = "49",
        rules: Iterable[PhoneRule] = RULES,
    ) -> None:
        self.air_time = air_time  # seconds from Ctrl-Z to acceptance, for modems added from now on
        self.report_delay = report_delay  # seconds between arrival and delivery report
        self.ussd_answers = dict(USSD_ANSWERS)
        self.credit: defaultdict[str, int] = defaultdict(lambda: 2000)  # cents, by number
        self.price = 9  # cents per part
        self.refuse_without_credit = False
        self.on_arrival: Callable[[PhoneMessage], None] | None = None  # must not wait
        self.sent: deque[SentSubmit] = deque(maxlen=_KEPT)
        self._clock = clock or SystemClock()
        self._zone, self._country, self._rules = zone_minutes, country, tuple(rules)
        self._changed = threading.Condition(threading.RLock())
        self._modems: list[SimulatedModem] = []
        self._phones: dict[str, Phone] = {}
        self._parts: defaultdict[str, deque[ReceivedSegment]] = defaultdict(
            lambda: deque(maxlen=_KEPT)
        )
        self._written: defaultdict[str, list[PhoneMessage]] = defaultdict(list)
        self._on_the_way: dict[tuple[str, bytes], deque[_OnTheWay]] = {}
        self._waiting: defaultdict[str, list[_OnTheWay]] = defaultdict(list)  # phones that are off
        self._stamps: dict[tuple[str, str], deque[tuple[int, bytes]]] = {}
        self._references: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
        self._sessions = Sessions()
        self._later = DelayedActions()
        self._started = False

    # -- who is there ---------------------------------------------------------------------------

    @property
    def modems(self) -> tuple[SimulatedModem, ...]:
        with self._changed:
            return tuple(self._modems)

    def add_modem(
        self,
        number: str | None = None,
        *,
        personality: Personality = GENERIC,
        air_time: float | None = None,
        pin: str = "",
        link: Path | None = None,
        faults: Faults | None = None,
    ) -> SimulatedModem:
        """A new modem with a SIM of its own, the same ones in the same order in every run.

        It is there at once when the network has been started, else with `start`.
        """
        place = len(self.modems) + 1
        card = SimCard(
            iccid=with_check_digit(f"894900100000000{place:03d}"),
            imsi=f"00101000000{place:04d}",
            number=number or f"{MODEM_NUMBERS}{place:02d}",
            pin=pin,
        )
        modem = SimulatedModem(
            card,
            self,
            imei=with_check_digit(f"35912300000{place:03d}"),
            personality=personality,
            air_time=self.air_time if air_time is None else air_time,
            link=link,
            faults=faults,
            text_codec=Codec(),
        )
        self.attach(modem)
        if self._started:
            modem.start()
        return modem

    def attach(self, modem: SimulatedModem) -> None:
        """Let the number of the modem's SIM, whichever it is at the time, lead to it."""
        with self._changed:
            self._modems.append(modem)

    def start(self) -> Network:
        """Switch on every modem that was added."""
        self._started = True
        for modem in self.modems:
            modem.start()
        return self

    def stop(self) -> None:
        """Unplug every modem, end every thread."""
        self._started = False
        for modem in self.modems:
            modem.stop()
        self._later.close()

    def __enter__(self) -> Network:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def phone(self, number: str) -> Phone:
        """The behaviour of `number`, to be read or changed."""
        number = self._full(number)
        with self._changed:
            if number not in self._phones:
                fits = [rule.phone for rule in self._rules if number.endswith(rule.ending)]
                like = fits[0] if fits else Phone("")
                self._phones[number] = replace(like, number=number, refuse_next=deque())
            return self._phones[number]

    def switch(self, number: str, on: bool) -> None:
        """Turn a phone off or on; what waited for it arrives now."""
        number = self._full(number)
        with self._changed:
            self.phone(number).on = on
            waiting = self._waiting.pop(number, []) if on else []
            for one in waiting:
                self._arrived(one)

    def _modem_of(self, number: str) -> SimulatedModem | None:
        for modem in self._modems:
            if modem.number == number:
                return modem
        return None

    def _full(self, number: str) -> str:
        """The one form that a number is known by: international where it can be told."""
        if number.startswith("00"):
            return f"+{number[2:]}"
        if number.startswith("0") and len(number) > 4:
            return f"+{self._country}{number[1:]}"
        return number

    def _full_address(self, address: sms.Address) -> str:
        if address.ton == sms.TypeOfNumber.NATIONAL:
            return f"+{self._country}{address.value.lstrip('0')}"
        return self._full(str(address))

    # -- what modems call -----------------------------------------------------------------------

    def submit(self, modem: MobileStation, tpdu: bytes) -> int | None:
        """Take a SUBMIT and send it on; a CMS code when it is refused."""
        try:
            submit = sms.decode_from_phone(tpdu)
        except sms.DecodeError:
            return INVALID_INFORMATION
        with self._changed:
            recipient = self._full_address(submit.destination)
            refused = self._refusal(modem.number, recipient)
            now = self._clock.now()
            self.sent.append(SentSubmit(modem.number, recipient, submit, now, refused))
            if refused is None:
                self.credit[modem.number] -= self.price
                part = ReceivedSegment(modem.number, recipient, submit.user_data, submit.dcs, now)
                self._carry(_OnTheWay(part, modem, submit), submit.pid)
            self._changed.notify_all()
            return refused

    def _refusal(self, sender: str, recipient: str) -> int | None:
        if self.refuse_without_credit and self.credit[sender] < self.price:
            return INSUFFICIENT_CREDIT
        phone = self.phone(recipient)
        return phone.refuse_next.popleft() if phone.refuse_next else phone.refuse

    def taken(self, modem: MobileStation, tpdu: bytes) -> None:
        """A modem has what was brought to it: it counts as delivered."""
        with self._changed:
            waiting = self._on_the_way.get((modem.number, tpdu))
            if waiting:
                self._arrived(waiting.popleft())
                if not waiting:
                    del self._on_the_way[modem.number, tpdu]

    def ussd(self, modem: MobileStation, text: str) -> tuple[int, str]:
        """Answer a service code, or a choice in the open menu; an empty text closes the menu."""
        with self._changed:
            number = modem.number
            return self._sessions.answer(number, text, self.ussd_answers, self.credit[number])

    # -- how messages travel --------------------------------------------------------------------

    def _carry(self, one: _OnTheWay, pid: int = 0) -> None:
        """To the modem or the phone that has the number."""
        modem = self._modem_of(one.part.recipient)
        if modem is not None:
            tpdu = self._deliver_tpdu(one.part, pid)
            self._on_the_way.setdefault((modem.number, tpdu), deque()).append(one)
            modem.deliver(tpdu)
        elif self.phone(one.part.recipient).on:
            self._arrived(one)
        else:
            self._waiting[one.part.recipient].append(one)

    def _deliver_tpdu(self, part: ReceivedSegment, pid: int) -> bytes:
        """The DELIVER for `part`.

        Its time stamp counts whole seconds; two messages that would be equal octet for octet get
        different ones, so that a receiver can tell a second message from a repeated first one.
        """
        made = sms.Deliver(
            sender=sms.Address.parse(part.sender),
            timestamp=self._stamp(part.at),
            pid=pid,
            dcs=part.dcs,
            user_data=part.user_data,
        )
        tpdu = sms.encode(made)
        recent = self._stamps.setdefault((part.sender, part.recipient), deque(maxlen=64))
        second = part.at // SECOND
        while (second, tpdu) in recent:
            second += 1
            tpdu = sms.encode(replace(made, timestamp=self._stamp(second * SECOND)))
        recent.append((second, tpdu))
        return tpdu

    def _stamp(self, at: int) -> sms.Timestamp:
        return sms.Timestamp.from_epoch_ms(at, self._zone)

    def _arrived(self, one: _OnTheWay) -> None:
        """The recipient has it: note it, and report to the sender."""
        part = replace(one.part, at=self._clock.now())
        self._parts[part.recipient].append(part)
        self._tell(part)
        self._changed.notify_all()
        submit, sender = one.submit, one.sender
        if sender is None or submit is None or not submit.request_report:
            return
        phone = self.phone(part.recipient)
        for place, status in enumerate(phone.statuses if phone.reports else ()):
            report = sms.encode(
                sms.StatusReport(
                    message_reference=submit.message_reference,
                    recipient=submit.destination,
                    service_centre_time=self._stamp(one.part.at),
                    discharge_time=self._stamp(part.at),
                    status=status,
                )
            )
            delay = self.report_delay * (place + 1)
            self._later.do(delay, partial(sender.report, report))

    def _tell(self, part: ReceivedSegment) -> None:
        """Call `on_arrival` when `part` completes a message to a phone."""
        if self.on_arrival is None or self._modem_of(part.recipient) is not None:
            return
        recent = list(self._parts[part.recipient])[-2 * MOST_PARTS :]
        group = next(group for group in grouped(recent) if group[-1] is part)
        message = message_of(group)
        if message.complete:
            self.on_arrival(message)

    # -- the pretend phone ----------------------------------------------------------------------

    def phone_send(self, from_number: str, to_number: str, text: str) -> int:
        """A phone (or any sender, also "BANK") writes to a number; the number of parts.

        sms.EncodeError when the sender is no address or the text too long.
        """
        sender = str(sms.Address.parse(from_number))
        recipient = self._full(to_number)
        with self._changed:
            now = self._clock.now()
            reference = next(self._references[sender]) % 256
            parts, dcs = sms.segment(text, reference=reference)
            self._written[self._full(sender)].append(
                PhoneMessage(self._full(sender), recipient, text, now, "sent")
            )
            for user_data in parts:
                self._carry(
                    _OnTheWay(ReceivedSegment(sender, recipient, user_data, dcs, now), None, None)
                )
            self._changed.notify_all()
            return len(parts)

    def phone_call(self, from_number: str, to_number: str) -> bool:
        """Let it ring for RINGS seconds. False: no modem has that number."""
        modem = self._modem_of(self._full(to_number))
        if modem is None:
            return False
        modem.ring(self._full(from_number))
        self._later.do(RINGS, modem.hang_up)
        return True

    def phone_inbox(self, number: str) -> list[PhoneMessage]:
        """What `number` has received, assembled, oldest first; incomplete ones among them."""
        with self._changed:
            parts = list(self._parts.get(self._full(number), ()))
        return [message_of(group) for group in grouped(parts)]

    def conversation(self, number: str) -> list[PhoneMessage]:
        """What `number` has received and written, oldest first."""
        number = self._full(number)
        with self._changed:
            written = list(self._written.get(number, ()))
        return sorted([*self.phone_inbox(number), *written], key=lambda one: one.at)

    def numbers(self) -> list[str]:
        """Every number that has received or written something, and the modems' own."""
        with self._changed:
            known = {number for number, parts in self._parts.items() if parts}
            return sorted(known | set(self._written) | {modem.number for modem in self._modems})

    # -- questions of tests ---------------------------------------------------------------------

    def texts(self, number: str, sender: str | None = None) -> list[str]:
        """The whole texts that `number` received, one entry per time, oldest first."""
        return [
            one.text
            for one in self.phone_inbox(number)
            if one.complete and (sender is None or one.peer == self._full(sender))
        ]

    def parts(self, number: str) -> list[ReceivedSegment]:
        """Everything that reached `number`, part by part, in the order of arrival."""
        with self._changed:
            return list(self._parts.get(self._full(number), ()))

    def incomplete(self, number: str) -> list[PhoneMessage]:
        """Messages to `number` that lack a part; a part that came twice begins one, too."""
        return [one for one in self.phone_inbox(number) if not one.complete]

    def wait_for(self, question: Callable[[], bool], timeout: float = 5.0) -> bool:
        """Wait until `question` (asked anew whenever something happens here) is true."""
        with self._changed:
            return self._changed.wait_for(question, timeout)


def with_check_digit(digits: str) -> str:
    """`digits` and their Luhn digit, as in an IMEI or ICCID (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"
