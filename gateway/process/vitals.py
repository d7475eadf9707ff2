"""How the service itself is: which of its threads have died or hang, and the machine's supply."""

from __future__ import annotations

from hw.ports import PortFinding


class Vitals:
    """Written by the supervisor alone, at the end of each look; read from any thread.

    Until its first look nothing is wrong.
    """

    def __init__(self) -> None:
        self.dead: frozenset[str] = frozenset()  # names of threads that have ended
        self.hung: frozenset[str] = frozenset()  # of those that do not move, or their ports
        self.supply = ""  # what is wrong with it, in words

    def troubled(self) -> tuple[str, ...]:
        """The threads that have died or hang."""
        return tuple(self.dead | self.hung)

    @property
    def findings(self) -> tuple[PortFinding, ...]:
        """What concerns the whole machine."""
        return (PortFinding("supply", "", self.supply, serious=False),) if self.supply else ()
