"""Keeping what the box knows: backups and putting one back, how long messages stay, room."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from gateway.clock import DAY, Clock
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.store.file.reserve import LOW, Reserve
from gateway.store.keeping import backups, expiry, rebuild, repair, restore
from gateway.store.keeping.backups import DAILY, SETTINGS, Backup, Contents
from gateway.store.keeping.revocations import ReturningAccess
from gateway.text.refusal import FieldError, Refused

log = logging.getLogger(__name__)

OPTIONS = "keeping"  # setting
FIRST_AFTER = 600.0  # seconds of running before the first daily copy: a start is busy enough
NOT_AGAIN_FOR = 12 * 3600.0  # seconds, whatever the clock says
BY_HAND = "by-hand"
MOST_DAYS = 3650
MOST_MEGABYTES = 1_000_000
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class KeepingOptions:
    daily: bool = True  # make a copy each day
    keep_days: int = 7  # daily copies stay that long
    folder: str = ""  # where they go: a USB stick; "" = beside the database
    delete_after_days: int = 0  # messages older than that go for good; 0 = never
    delete_above_mb: int = 0  # the oldest go when the messages take more room; 0 = never


class Keeping:
    """Used by the housekeeping thread and by requests; needs a database connection."""

    def __init__(
        self,
        clock: Clock,
        folder: Path,
        restart: Callable[[], None],
        in_background: Callable[[Callable[[], None]], None] = lambda act: act(),
    ) -> None:
        """`in_background` runs what takes minutes where the messages are many: a daily copy."""
        self._clock = clock
        self._folder = folder
        self._restart = restart
        self.hold: Callable[[], str] = (
            str  # why nothing may be judged by its age; "": the clock is right
        )
        self._began = clock.monotonic()
        self._copied: float | None = None  # monotonic
        self.reserve = Reserve(folder)
        self._in_background = in_background
        self.trouble = ""  # why the last daily copy could not be made where it belongs

    # what is set ------------------------------------------------------------------------------

    def options(self) -> KeepingOptions:
        return KeepingOptions(**settings.get(OPTIONS, asdict(KeepingOptions())))

    def change(self, chosen: KeepingOptions, by: Editor) -> None:
        """Raises Refused with everything that is wrong; then nothing is changed."""
        errors = []
        if not 1 <= chosen.keep_days <= MOST_DAYS:
            errors.append(FieldError("keep_days", f"Enter 1 to {MOST_DAYS:,} days."))
        if not 0 <= chosen.delete_after_days <= MOST_DAYS:
            words = f"Enter 1 to {MOST_DAYS:,} days, or nothing."
            errors.append(FieldError("delete_after_days", words))
        if chosen.delete_above_mb and not 10 <= chosen.delete_above_mb <= MOST_MEGABYTES:
            words = f"Enter 10 to {MOST_MEGABYTES:,} MB, or nothing."
            errors.append(FieldError("delete_above_mb", words))
        if chosen.folder and (why := _unusable(chosen.folder)):
            errors.append(FieldError("folder", why))
        if errors:
            raise Refused(errors)
        with database.transaction():
            settings.put(OPTIONS, asdict(chosen))
            audit.changed(by)
        self.trouble = ""

    # backups ----------------------------------------------------------------------------------

    def files(self) -> list[Backup]:
        """Newest first, of all folders."""
        found = [b for folder in self._folders() for b in backups.all_backups(folder)]
        return sorted(found, key=lambda b: b.at, reverse=True)

    def file(self, name: str) -> Backup | None:
        return next((b for b in self.files() if b.path.name == name), None)

    def back_up(self) -> Path:
        """A whole copy now. Raises StoreError."""
        return backups.make(self._own, BY_HAND)

    def back_up_settings(self) -> Path:
        return backups.make_settings(self._own)

    def stage(self, source: Path, who: str, *, bring_back: bool = False) -> Contents:
        """Check a backup and have it put back at the next start. Raises StoreError.

        `bring_back`: also the tokens, users and passwords that were ended since.
        """
        now = self._clock.now()
        return restore.stage(source, self._folder, now, who, bring_back=bring_back)

    def returning(self, backup: Backup) -> ReturningAccess:
        """Who could come in again through it. Raises StoreError."""
        return restore.returning(backup.path, self._folder)

    def restart(self) -> None:
        """The service stops and starts again: a staged backup is put back then."""
        self._restart()

    def look_into(self, backup: Backup) -> Contents:
        """Raises StoreError when it cannot be put back."""
        return backups.inspect(backup.path)

    def collect(self, offset: int, data: bytes) -> bool:
        """Add to the file that somebody brings in pieces; False when a piece is missing before it.

        Only as much as leaves room for what comes in.
        """
        if self.reserve.free() < len(data) + LOW:
            return False
        with self.upload.open("wb" if offset == 0 else "r+b") as file:
            os.fchmod(file.fileno(), 0o600)
            if file.seek(0, os.SEEK_END) != offset:
                return False
            file.write(data)
        return True

    def take_upload(self) -> Path:
        """Put what was brought among the backups, if it is one, written anew. Raises StoreError."""
        ours = self._folder / "upload-rebuilt.part"
        try:
            self.upload.chmod(0o600)
            rebuild.rebuild(self.upload, ours, "The file")
            return backups.take(ours, self._own, "uploaded")
        finally:
            for left in (self.upload, ours):
                left.unlink(missing_ok=True)

    @property
    def upload(self) -> Path:
        """Where a file from somebody's browser is collected before it is looked at."""
        return self._folder / "upload.part"

    @property
    def mended(self) -> repair.Repair | None:
        return repair.mended(self._folder)

    def acknowledge(self) -> None:
        repair.acknowledge(self._folder)

    # now and then -----------------------------------------------------------------------------

    def round(self) -> None:
        """What the housekeeping thread does every minute."""
        chosen = self.options()
        backups.make_room(self._folder / backups.FOLDER, LOW)
        self.reserve.look()
        if chosen.daily and self._is_due():
            self._copied = self._clock.monotonic()
            self._in_background(lambda: self._daily(chosen))
        if self.hold():  # by a wrong clock everything may seem old
            return
        expiry.expire(
            self._clock.now(), chosen.delete_after_days, chosen.delete_above_mb * MEGABYTE
        )

    def _is_due(self) -> bool:
        running = self._clock.monotonic()
        if running - self._began < FIRST_AFTER:
            return False
        if self._copied is not None and running - self._copied < NOT_AGAIN_FOR:
            return False
        newest = next((b.at for b in self.files() if b.why == DAILY), None)
        if newest is None:
            return True
        return not 0 <= self._clock.now() - newest < DAY and backups.changed_since(newest)

    def _daily(self, chosen: KeepingOptions) -> None:
        folder = self._target(chosen.folder)
        made = backups.make(folder, DAILY)
        try:
            backups.inspect(made)
        except database.StoreBroken as e:
            made.unlink()
            log.critical("the database is damaged (%s); it is mended by a restart", e)
            repair.look_closer(self._folder)
            self._restart()
            return
        backups.prune_daily(folder, self._clock.now(), chosen.keep_days)
        backups.make_settings(self._own)

    def _target(self, wanted: str) -> Path:
        """The chosen folder; the box's own while that one cannot be used, and it says so."""
        self.trouble = _unusable(wanted) if wanted else ""
        if self.trouble:
            log.warning("backups go beside the database: %s", self.trouble)
        return self._own if self.trouble or not wanted else Path(wanted)

    def _folders(self) -> list[Path]:
        chosen = self.options().folder
        return [self._own, *([Path(chosen)] if chosen else [])]

    @property
    def _own(self) -> Path:
        return self._folder / backups.FOLDER


def in_a_thread(act: Callable[[], None]) -> None:
    """A daily copy reads and writes everything: no loop waits for it, no stop either."""

    def run() -> None:
        try:
            with database.connected():
                act()
        except database.StoreError as e:
            log.error("the daily backup was not made: %s", e)

    threading.Thread(target=run, name="backup", daemon=True).start()


def _unusable(folder: str) -> str:
    """Why backups cannot go there; "" when they can."""
    path = Path(folder)
    if not path.is_absolute():
        return "Enter a folder from the root, such as /media/usb/backups."
    if not path.is_dir():
        return f"{folder} is not there. Plug in the stick, or choose another folder."
    if not os.access(path, os.W_OK | os.X_OK):
        return f"{folder} cannot be written by the service. Choose another folder."
    return ""


__all__ = ["BY_HAND", "DAILY", "SETTINGS", "Backup", "Contents", "Keeping", "KeepingOptions"]
