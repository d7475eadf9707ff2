"""Long work, kept so that it can be left, come back to, and gone on with after a restart."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.file.database import errors, execute, insert, transaction

KEPT = 50  # ended ones; older ones go when another comes


@dataclass(frozen=True, slots=True)
class JobInfo:
    id: int
    at: int
    who: str
    kind: str
    task: str  # JSON: what is to be done
    state: str  # "running" | "done" | "stopped" (by a person) | "failed"
    total: int
    done: int
    place: str  # JSON: where the next piece begins; "" = at the beginning
    result: str  # plain words, once it is done
    trouble: str  # why it failed
    ended_at: int | None

    @property
    def percent(self) -> int:
        """Never 100 before it is."""
        if self.state == "done":
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


_COLUMNS = "id, at, who, kind, task, state, total, done, place, result, trouble, ended_at"


def add(kind: str, task: str, total: int, now: int, who: str) -> int:
    with transaction():
        execute(
            "DELETE FROM job WHERE state <> 'running' AND id NOT IN"
            " (SELECT id FROM job ORDER BY id DESC LIMIT ?)",
            (KEPT - 1,),
        )
        return insert(
            "INSERT INTO job (at, who, kind, task, total) VALUES (?, ?, ?, ?, ?)",
            (now, who, kind, task, total),
        )


def get(job_id: int) -> JobInfo | None:
    with errors():
        row = execute(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (job_id,)).fetchone()  # noqa: S608
    return JobInfo(*row) if row else None


def running() -> list[JobInfo]:
    """Those with something still to do, oldest first."""
    with errors():
        found = execute(
            f"SELECT {_COLUMNS} FROM job INDEXED BY job_running"  # noqa: S608
            " WHERE state = 'running' ORDER BY id"
        ).fetchall()
    return [JobInfo(*row) for row in found]


def newest(limit: int) -> list[JobInfo]:
    with errors():
        found = execute(
            f"SELECT {_COLUMNS} FROM job ORDER BY id DESC LIMIT ?",  # noqa: S608
            (limit,),
        ).fetchall()
    return [JobInfo(*row) for row in found]


def advance(job_id: int, done: int, place: str) -> bool:
    """In the same transaction as the piece itself, so that no piece is done twice.

    False: it was stopped meanwhile.
    """
    with transaction():
        changed = execute(
            "UPDATE job SET done = ?, place = ? WHERE id = ? AND state = 'running'",
            (done, place, job_id),
        )
        return changed.rowcount == 1


def end(job_id: int, state: str, now: int, *, result: str = "", trouble: str = "") -> bool:
    """False: it had ended already."""
    with transaction():
        changed = execute(
            "UPDATE job SET state = ?, ended_at = ?, result = ?, trouble = ?"
            " WHERE id = ? AND state = 'running'",
            (state, now, result, trouble, job_id),
        )
        return changed.rowcount == 1


def again(job_id: int) -> bool:
    """Go on with one that failed or was stopped."""
    with transaction():
        changed = execute(
            "UPDATE job SET state = 'running', ended_at = NULL, trouble = ''"
            " WHERE id = ? AND state IN ('failed', 'stopped')",
            (job_id,),
        )
        return changed.rowcount == 1
