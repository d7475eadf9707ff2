"""The first run after the password: which of its steps were done, and whether it is over.

Only a guide: every step changes what its own page under Settings changes too, may be skipped, and
may be done later. Kept in the settings, so that it goes on where it was left, on any browser.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.file import settings

KEY = "setup"  # {"open": true, "done": ["box"]}; no row: nobody began
STEPS = ("box", "sims", "test", "phone")


@dataclass(frozen=True, slots=True)
class SetupProgress:
    open: bool = False  # begun and not finished: the page reminds administrators of it
    done: tuple[str, ...] = ()  # steps done or skipped

    @property
    def next(self) -> str:
        """The first step that was neither done nor skipped; the last one when all were."""
        return next((step for step in STEPS if step not in self.done), STEPS[-1])


class Setup:
    """Stateless; from any thread with a database connection."""

    def progress(self) -> SetupProgress:
        kept = settings.get(KEY)
        if not isinstance(kept, dict):
            return SetupProgress()
        done = tuple(step for step in STEPS if step in kept.get("done", ()))
        return SetupProgress(bool(kept.get("open")), done)

    def begin(self) -> None:
        """The box has just got its administrator."""
        self._keep(SetupProgress(open=True))

    def did(self, step: str) -> SetupProgress:
        """A step is behind us, done or skipped; what comes next is in the answer."""
        now = self.progress()
        found = SetupProgress(now.open, (*now.done, step) if step not in now.done else now.done)
        self._keep(found)
        return found

    def finish(self) -> None:
        self._keep(SetupProgress(False, self.progress().done))

    @staticmethod
    def _keep(progress: SetupProgress) -> None:
        settings.put(KEY, {"open": progress.open, "done": list(progress.done)})
