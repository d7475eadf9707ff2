"""Message storage of a modem or a SIM: numbered slots, some of them taken (TS 27.005 clause 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

UNREAD, READ, UNSENT, SENT = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class MemorySlot:
    """A stored message: `status` as in +CMGL (0 unread, 1 read, 2 unsent, 3 sent)."""

    tpdu: bytes
    status: int = UNREAD


class Memory:
    """Owns the slots of one storage. Written by the modem's thread, read by any."""

    def __init__(self, name: str, size: int, first: int = 1) -> None:
        self.name = name
        self.size = size
        self.first = first  # number of the first slot: 1, on Huawei 0
        self._slots: dict[int, MemorySlot] = {}

    @property
    def slots(self) -> dict[int, MemorySlot]:
        """A copy: index -> what is in it."""
        return dict(self._slots)

    @property
    def used(self) -> int:
        return len(self._slots)

    @property
    def full(self) -> bool:
        return len(self._slots) >= self.size

    def holds(self, index: int) -> bool:
        """Whether `index` is a slot of this memory at all, empty or not."""
        return self.first <= index < self.first + self.size

    def get(self, index: int) -> MemorySlot | None:
        return self._slots.get(index)

    def put(self, slot: MemorySlot) -> int | None:
        """Into the lowest free slot; None when there is none."""
        for index in range(self.first, self.first + self.size):
            if index not in self._slots:
                self._slots[index] = slot
                return index
        return None

    def mark(self, index: int, status: int) -> None:
        self._slots[index] = replace(self._slots[index], status=status)

    def remove(self, index: int) -> None:
        """Empty a slot; nothing happens when it is empty already."""
        self._slots.pop(index, None)
