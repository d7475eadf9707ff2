"""The service centre: some modems forget it for a while (gammu#195), some SIMs lack it."""

from __future__ import annotations

from gateway.modem.jobs.base import Context


def find(context: Context, told: str) -> None:
    """`told`: what the SIM says; where it says nothing, what is known goes into every PDU."""
    assert context.connection_id is not None
    known = context.ledger.centre(context.connection_id, told)
    context.told_centre = bool(told)
    context.centre = "" if told else known


def find_again(context: Context) -> None:
    """A person may have entered one since."""
    if not context.told_centre:
        find(context, "")
