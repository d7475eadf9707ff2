"""The audit list in plain words: what is stored as facts becomes "Deleted 2 messages"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.store.connections import connections
from gateway.store.file.audit import AuditEntry
from webui.messages.view_names import VIEWS
from webui.page.formats import phone

# What was stored as the action -> what people read; {} is the detail that was stored with it.
_SAID = {
    "delete": "Deleted {}",
    "delete for good": "Deleted {} for good",
    "restore": "Restored {}",
    "resend": "Sent {} again",
    "cancel": "Withdrew {} before it was sent",
    "purge": "Deleted {} for good",
    "change automatic purge": "Set when deleted messages go for good: {}",
    "delete contacts": "Deleted {}",
    "restore contacts": "Brought back {}",
    "always reached": "Marked as always reached: {}",
    "not always reached": "Marked as not always reached any more: {}",
    "delete group": "Deleted the group “{}”",
    "delete field": "Deleted the field “{}” of all contacts",
    "make activity": "Made the activity “{}”",
    "change activity": "Changed the activity “{}”",
    "delete activity": "Deleted the activity “{}”",
    "switch on activity": "Switched on the activity “{}”",
    "switch off activity": "Switched off the activity “{}”",
    "move activity": "Moved the activity “{}” to another place",
    "try action again": "Tried an action of an activity again",
    "switch on fallback reply": "Switched on the fallback reply, or changed it",
    "switch off fallback reply": "Switched off the fallback reply, or changed it",
    "change scheduled message": "Changed scheduled message {}",
    "pause scheduled": "Paused scheduled message {}",
    "resume scheduled": "Resumed scheduled message {}",
    "cancel scheduled": "Cancelled scheduled message {}",
    "move": "Moved {}",
    "remove connection": "Took the SIM “{}” off the list",
    "restore backup": "Put back the backup {}",
    "signed in": "Signed in {}",
    "signed out": "Signed out",
    "sign-in refused": "Was not let in: {}",
    "session ended": "Ended a session {}",
    "one-time code made": "Asked for a one-time code: {}",
    "first run": "Set the administrator's name and password",
    "user added": "Added the user {}",
    "user deleted": "Deleted the user {}",
    "user disabled": "Disabled the user {}",
    "user enabled": "Enabled the user {}",
    "password set": "Set the password of {}",
    "role changed": "Changed a role: {}",
    "token added": "Made the token {}",
    "token revoked": "Revoked the token {}",
}
# What the page was used for -> what people read; {} is the name of the connection in the address.
_PAGES = (
    (r"/connections/(\d+)/settings", "Changed the settings of “{}”"),
    (r"/connections/(\d+)/pin", "Entered or forgot the PIN of “{}”"),
    (r"/connections/(\d+)/ussd", "Asked the network of “{}” by USSD"),
    (r"/connections/(\d+)/ussd/choose", "Answered the network of “{}” by USSD"),
    (r"/people/blocked/words", "Changed the words that block and free"),
    (r"/settings/clock", "Changed the settings of the clock"),
    (r"/settings/clock/right", "Said that the clock is right"),
    (r"/settings/general|/setup/box", "Set the name, country or time zone of the box"),
    (r"/settings/sending", "Changed the limits of sending"),
    (r"/settings/notices", "Changed whom the box tells when something is wrong"),
    (r"/settings/backups", "Changed how backups and messages are kept"),
    (r"/settings/backups/make", "Made a backup"),
    (r"/settings/backups/upload", "Brought a backup to look into"),
    (r"/settings/backups/read", "Read what was done about a damaged database"),
    (r"/settings/backups/.+/restore", "Put back a backup"),
    (r"/setup/sims", "Set up the SIM cards"),
    (r"/setup/test", "Sent a test SMS"),
    (r"/setup/.*", "Went on with setting up"),
    (r"/connections/rules.*", "Changed the routing rules"),
)
_WROTE = re.compile(r"(\S+) wrote (.+)")
_NUMBER = re.compile(r"\+\d{7,15}\b")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line of the list."""

    at: int  # ms UTC
    who: str  # a user, a program, or the number that wrote STOP
    what: str  # "Deleted 2 messages"


def audit_lines(entries: Sequence[AuditEntry]) -> list[AuditLine]:
    """The entries as people read them."""
    names = {c.connection_id: c.name for c in connections.all_connections()}
    return [
        AuditLine(e.at, _numbers(e.who) or "Somebody", _numbers(_change_words(e, names)))
        for e in entries
    ]


def _numbers(words: str) -> str:
    """Phone numbers as the page writes them."""
    return _NUMBER.sub(lambda found: phone(found[0]), words).strip()


def _change_words(entry: AuditEntry, names: Mapping[int, str]) -> str:
    action, detail = entry.action, entry.detail
    if action == "settings changed":
        return _page(detail, names)
    if action in ("block", "unblock"):
        wrote = _WROTE.fullmatch(detail)
        if wrote:
            gets = "is not written to any more" if action == "block" else "may be written to again"
            return f"Wrote “{wrote[2]}” and {gets}"
        return f"{'Blocked' if action == 'block' else 'Unblocked'} {detail}"
    if action == "routing rules":
        return f"{detail[:1].upper()}{detail[1:]}" if "“" in detail else f"Routing rules: {detail}"
    if action == "export":
        return f"Exported {_titled(detail)}"
    if action in _SAID:
        return _SAID[action].replace("{}", detail)
    return f"{action[:1].upper()}{action[1:]} {detail}"


def _page(path: str, names: Mapping[int, str]) -> str:
    for pattern, words in _PAGES:
        if found := re.fullmatch(pattern, path):
            name = names.get(int(found[1]), "a SIM that is gone") if found.groups() else ""
            return words.replace("{}", name)
    return f"Changed a setting ({path})"


def _titled(detail: str) -> str:
    """The view as it is called on the page: "3 messages of SMS received"."""
    of, _, name = detail.rpartition(" of the view ")
    return f"{of} of {VIEWS[name].title}" if name in VIEWS else detail
