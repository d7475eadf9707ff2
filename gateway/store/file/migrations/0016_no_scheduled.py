"""No dispatch is in the state "scheduled": what is sent later is no dispatch before its time."""

from __future__ import annotations


def up(migrator: object, db: object) -> None:
    db.execute_sql(  # type: ignore[attr-defined]
        "UPDATE dispatch SET state = 'pending' WHERE held IN (0, 1) AND state = 'scheduled'"
    )
