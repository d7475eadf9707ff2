"""Exports that take a while: written by long work into a file that is fetched when it is done.

A piece is written behind what is known to be there; the note how far it came is a commit of its own
after it. Cut short between the two, the piece is written again over itself.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from gateway.services.jobs.long_work import LongWork, WorkProgress
from gateway.services.messages.bulk import Selection
from gateway.services.messages.messages_csv import MARK, MessagesCsv
from gateway.store.file import jobs
from gateway.store.file.disk import disk_error
from gateway.store.file.jobs import JobInfo
from gateway.store.search.search import SearchFilter
from gateway.store.search.views import NEWEST, View
from gateway.text.plural import counted

KIND = "export"  # of long work
FOLDER = "exports"  # in the data folder
KEPT = 5  # files; older ones go when another is begun
BITE = 0.1  # seconds of writing in one piece of work


class ExportFiles:
    """What is in the exports folder. The long work's thread alone writes there."""

    def __init__(self, data: Path, csv: MessagesCsv) -> None:
        self._folder = data / FOLDER
        self._csv = csv

    def begin(self, work: LongWork, chosen: Selection, messages: int, who: str) -> int:
        """Returns the id of the long work. Raises StoreError."""
        self._tidy(jobs.running())
        return work.add(KIND, json.dumps(asdict(chosen)), messages, who)

    def path(self, job: JobInfo) -> Path | None:
        """The file of what is done; None when it is not, or no longer kept."""
        path = self._path(job.id)
        return path if job.kind == KIND and job.state == "done" and path.is_file() else None

    def piece(self, job: JobInfo) -> WorkProgress:
        """For long work: the next lines. On a full disk it waits for room. Raises StoreError."""
        try:
            return self._piece(job)
        except OSError as e:
            raise disk_error(e, self._folder) from e

    def _piece(self, job: JobInfo) -> WorkProgress:
        place = json.loads(job.place) if job.place else {"before": NEWEST, "size": 0}
        self._folder.mkdir(mode=0o700, exist_ok=True)
        end = time.monotonic() + BITE
        done, before, finished = job.done, place["before"], True
        flags = os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
        with os.fdopen(os.open(self._path(job.id), flags, 0o600), "wb") as file:
            file.truncate(place["size"])
            file.seek(place["size"])
            if not place["size"]:
                file.write((MARK + self._csv.header()).encode())
            for piece in self._csv.pieces(selection(job.task), before):
                file.write(piece.text.encode("utf-8", "replace"))
                done, before = done + piece.messages, piece.before
                if piece.messages and time.monotonic() > end:
                    finished = False
                    break
            file.flush()
            if finished:
                os.fsync(file.fileno())
            size = file.tell()
        where = json.dumps({"before": before, "size": size})
        words = f"{counted(done, 'message is', 'messages are')} in the file." if finished else None
        return WorkProgress(done, where, words)

    def _path(self, job_id: int) -> Path:
        return self._folder / f"{job_id}.csv"

    def _tidy(self, running: Sequence[JobInfo]) -> None:
        """Texts of people do not lie about for ever."""
        busy = {self._path(job.id) for job in running}
        files = sorted(self._folder.glob("*.csv"), key=lambda f: f.stat().st_mtime, reverse=True)
        for old in files[KEPT - 1 :]:
            if old not in busy:
                with suppress(FileNotFoundError):
                    old.unlink()


def selection(task: str) -> Selection:
    """What `begin` kept."""
    kept = json.loads(task)
    view = View(kept["view"]) if kept["view"] else None
    wanted = SearchFilter.of(kept["search"]) if kept["search"] else None
    return Selection(tuple(kept["ids"]), view, kept["upto"], wanted)
