"""Fix the speed of a module that finds it out by itself.

While it does (AT+IPR=0: SIM800, SIM900, M95), it says nothing of its own accord until it is spoken
to, and what it says may come as junk. Nothing is stored: after a power cut it is asked again.
"""

from __future__ import annotations

from gateway.at import Command
from gateway.modem.jobs.base import Job, ask

LIMIT = 5.0  # seconds


def fix_speed(baud: int) -> Job[None]:
    """`baud` is the speed at which it answers now. Whatever it says, it is heard as it is."""
    answer = yield from ask(Command("AT+IPR?", LIMIT, "+IPR:"))
    if any(line.partition(":")[2].strip() == "0" for line in answer.lines):
        yield from ask(Command(f"AT+IPR={baud}", LIMIT))
