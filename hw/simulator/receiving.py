"""Messages that come in: stored and announced, or routed to the terminal (TS 27.005 clause 3.4)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from .equipment import Equipment
from .errors import cms
from .loop import Timer
from .memory import Memory, MemorySlot
from .pdu import message_class, with_smsc
from .session import CommandSession
from .textmode import route_lines

_MOST_HELD_URCS = 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that the network wants to bring to the SIM `iccid`."""

    tpdu: bytes
    iccid: str
    is_report: bool = False


class Receiver:
    """Owns what the network holds for this modem and the message that awaits +CNMA."""

    def __init__(self, equipment: Equipment, session: CommandSession) -> None:
        self._equipment = equipment
        self._session = session
        self.doorstep: deque[Arrival] = deque()  # put here by other threads
        self.arrivals: deque[Arrival] = deque()
        self._unread_lines: deque[str] = deque(maxlen=_MOST_HELD_URCS)  # +CNMI mode 0
        self._unconfirmed: Arrival | None = None
        self._patience: Timer | None = None
        self._said_full = False
        self._backwards: list[Arrival] = []

    def reset(self) -> None:
        """After a restart: a message that nobody acknowledged will come again."""
        if self._unconfirmed is not None:
            self.arrivals.appendleft(self._unconfirmed)
        self._drop_patience()
        self._unread_lines.clear()

    def fetch(self) -> None:
        """Look what the network has brought, and let in what can come in."""
        while self.doorstep:
            self.arrivals.extend(self._tampered(self.doorstep.popleft()))
        if self._backwards and not self._equipment.faults.reorder:  # switched off in the middle
            self.arrivals.extend(self._backwards)
            self._backwards = []
        self.work()

    def _tampered(self, arrival: Arrival) -> list[Arrival]:
        """What really comes, as the switches want it."""
        faults = self._equipment.faults
        if arrival.is_report:
            return [arrival]
        if faults.lose_delivery:
            if faults.lose_after:
                faults.lose_after -= 1
            elif faults.take("lose_delivery"):
                return []
        copies = [arrival, arrival] if faults.take("duplicate") else [arrival]
        if faults.take("reorder"):
            self._backwards = copies + self._backwards
            if faults.reorder > 0:
                return []
            copies, self._backwards = self._backwards, []
        return copies

    def work(self) -> None:
        """Let in what can come in now. A message without room holds back messages, not reports."""
        equipment = self._equipment
        full = False
        waiting, self.arrivals = self.arrivals, deque()
        while waiting:
            arrival = waiting.popleft()
            here = equipment.card is not None and arrival.iccid == equipment.card.iccid
            free = self._unconfirmed is None and not equipment.deaf and equipment.in_service
            if not (here and free) or (full and not arrival.is_report):
                self.arrivals.append(arrival)
            elif not self._let_in(arrival):
                full = True
                self.arrivals.append(arrival)

    def _let_in(self, arrival: Arrival) -> bool:
        """False when there is no room: it stays with the network."""
        if arrival.is_report:
            return self._let_in_report(arrival)
        route = self._equipment.cnmi[1]
        group = message_class(arrival.tpdu)
        if group == 0 or (route == 2 and group != 2) or (route == 3 and group == 3):
            return self._show(arrival, "+CMT: ")
        return self._store(arrival, self._equipment.memory(2).name, "+CMTI" if route else "")

    def _let_in_report(self, arrival: Arrival) -> bool:
        route = self._equipment.cnmi[3]
        if route == 1:
            return self._show(arrival, "+CDS: ")
        if route == 2:
            row = self._equipment.personality
            urc = "+CMTI" if row.report_as_cmti else "+CDSI"
            return self._store(arrival, row.report_memory, urc, row.report_said_in)
        return True  # TS 27.005 +CNMI <ds>=0: not for the terminal

    def _show(self, arrival: Arrival, head: str) -> bool:
        """Route straight to the terminal; with +CSMS=1 it must be acknowledged."""
        equipment = self._equipment
        if equipment.message_service == 1:
            self._unconfirmed = arrival
            self._patience = equipment.later(equipment.personality.cnma_time, self._give_up_waiting)
        self._announce(head + self._routed(arrival.tpdu))
        if self._unconfirmed is None:
            self._took(arrival)
        return True

    def _store(self, arrival: Arrival, name: str, urc: str, said_in: str = "") -> bool:
        equipment = self._equipment
        memory = equipment.named_memory(name)
        index = None if equipment.faults.storage_full else memory.put(MemorySlot(arrival.tpdu))
        if index is None:
            said = equipment.faults.full_said or equipment.personality.full_urc
            if said and not self._said_full:
                self._said_full = True
                self._session.urc(said)
            return False
        self._said_full = False
        if urc and not equipment.faults.take("lose_cmti"):
            where = f'"{equipment.faults.cmti_memory or memory.name}",{index}'
            self._announce(f"{urc}: {said_in or where}")
        self._took(arrival)
        return True

    def _took(self, arrival: Arrival) -> None:
        if not arrival.is_report:
            self._equipment.carrier.taken(self._equipment.station, arrival.tpdu)

    def _announce(self, line: str) -> None:
        """Say a new-message line, or keep it while +CNMI has mode 0."""
        if self._equipment.cnmi[0] == 0:
            self._unread_lines.append(line)
        else:
            self._session.urc(line)

    def mode_changed(self) -> None:
        """+CNMI was set: what was kept is said (bfr 0) or forgotten (bfr 1)."""
        if self._equipment.cnmi[0] == 0:
            return
        lines = [] if self._equipment.cnmi[4] == 1 else list(self._unread_lines)
        self._unread_lines.clear()
        for line in lines:
            self._session.urc(line)

    def confirm(self, good: bool) -> None:
        """+CNMA; Refusal (CMS 340) when nothing waits for it."""
        arrival = self._unconfirmed
        if arrival is None:
            raise cms(340)
        self._drop_patience()
        if good:
            self._took(arrival)
        else:
            self.arrivals.append(arrival)
        self._equipment.around.soon(self.work)

    def _give_up_waiting(self) -> None:
        """No +CNMA in time: routing is switched off and the network tries again (clause 3.4.4)."""
        equipment, late = self._equipment, self._unconfirmed
        self._drop_patience()
        if late is not None and late.is_report:
            equipment.later(equipment.personality.report_again, lambda: self._again(late))
        elif late is not None:
            self.arrivals.appendleft(late)
        equipment.cnmi[1] = equipment.cnmi[3] = 0
        self.work()

    def _again(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)
        self.work()

    def _drop_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience, self._unconfirmed = None, None

    def _routed(self, tpdu: bytes) -> str:
        """A message as it stands behind "+CMT: " or "+CDS: "."""
        equipment = self._equipment
        if equipment.text_mode:
            return route_lines(equipment, tpdu)
        alpha = "" if tpdu[0] & 0x03 else ","  # +CMT has a name in front of the length
        smsc = equipment.card.smsc if equipment.card else ""
        return f"{alpha}{len(tpdu)}\r\n{with_smsc(tpdu, smsc)}"


def store_or_refuse(memory: Memory, slot: MemorySlot) -> int:
    """Put a message of our own into `memory`; Refusal (CMS 322) when it is full."""
    index = memory.put(slot)
    if index is None:
        raise cms(322)
    return index
