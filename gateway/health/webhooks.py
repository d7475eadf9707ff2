"""Do programs take what the box tells them of received messages. Clears when one is taken."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway.clock import MINUTE
from gateway.health.issue import Issue, problem, warning
from gateway.health.snapshot import Snapshot
from gateway.text.plural import counted

LONG = 15 * MINUTE  # a program that is being restarted is no news
MEND = "Look at the program there, and at the address under Activities."


def check(now: Snapshot) -> Iterator[Issue]:
    for hook in now.webhooks:
        host = urlsplit(hook.url).netloc or hook.url
        about = f"{hook.activity}, {host}"
        said = f"The webhook of “{hook.activity}” at {host}"
        if hook.given_up:
            many = counted(hook.given_up, "message")
            words = f"{said} was not told of {many}, after trying for a day. {hook.words}"
            mend = f"{MEND} Each of these can be tried again on its message."
            yield problem("webhook.given_up", words, mend, about=about, since=hook.since)
        elif now.now - hook.since >= LONG:
            words = f"{said} does not take messages. {hook.words}"
            mend = f"{MEND} They are tried again by themselves, for about a day."
            yield warning("webhook.failing", words, mend, about=about, since=hook.since)
