"""A morning in a clinic: a box with something of everything on it, made as a person makes it."""

from __future__ import annotations

import http.cookiejar
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.support.box import PATIENCE, RunningBox, eventually

GROUPS = ("Staff", "Volunteers", "Mothers 2026")
PEOPLE = (
    ("Grace Wanjiku", "+254722000101", "Mothers 2026"),
    ("James Mwangi", "+254733000102", "Volunteers"),
    ("ليلى حسن", "+254711000103", "Mothers 2026"),
    ("Fatuma Abdi", "+254722000104", "Mothers 2026"),
    ("Peter Otieno", "+254722000105", "Volunteers"),
    ("Dr. Achieng Odhiambo", "+254733000106", "Staff"),
    ("דנה לוי", "+254733000107", "Volunteers"),
    ("Bartholomew Christopherson-Wolfeschlegelsteinhausen of Upper Hill", "+254733000108", "Staff"),
)
RECEIVED = (
    ("+254722000101", "Is the clinic open on Saturday?"),
    ("+254733000107", "שלום, אפשר להגיע ב־10:30?"),
    ("+254733000108", "A long one: " + "we are still on the road to Nakuru and will be late. " * 6),
    ("+254722000101", "JOIN"),
    ("+254733000102", "Mwangi will bring the vaccine box at 10. Please keep the fridge free 🙏"),
    ("+254711000103", "السلام عليكم، متى موعد الطبيب؟"),
)
SENT = (
    ("Fridge 2 is at 9.5 °C. Please check at once.", "/sent", "+254733000106"),
    ("Reminder: your appointment is tomorrow at 9:30.", "/sent", "Mothers 2026"),
    ("Your results are ready.", "/failed", "+254799990001"),
)


class Clerk:
    """Somebody who fills in the forms of the page, by hand and without a browser."""

    def __init__(self, box: RunningBox, name: str, password: str) -> None:
        self._url = box.url
        self._open = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar())).open
        self.post("/sign-in", ("name", name), ("password", password))

    def get(self, path: str) -> str:
        with self._open(self._url + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def post(self, path: str, *fields: tuple[str, object], form: str = "") -> str:
        """Post to `path` with the token of the page at `form`, or of that at `path`."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(form or path))
        assert token, path
        data = urlencode([("csrf_token", token[1]), *fields]).encode()
        with self._open(self._url + path, data, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def numbers(self, path: str, kind: str) -> list[int]:
        """The numbers in the links on the page at `path` that look like `kind`."""
        found = re.findall(rf'href="{kind}(\d+)["/]', self.get(path))
        return list(dict.fromkeys(map(int, found)))


def furnish(box: RunningBox, clerk: Clerk) -> None:
    """People, groups, messages of every state, an activity, rules, something for later, a user."""
    _people(clerk)
    _connections(clerk)
    _activities(clerk)
    for text, view, to in SENT:
        clerk.post("/send", ("recipients", to), ("text", text), ("action", "send"))
        eventually(lambda text=text, view=view: text[:20] in clerk.get(view), what=text)  # type: ignore[misc]
    to = re.search(r'<option value="(\+\d+)"', clerk.get("/phone"))
    assert to
    for place, (number, text) in enumerate(RECEIVED, 1):
        clerk.post("/phone", ("number", number), ("to", to[1]), ("text", text))
        eventually(lambda place=place: len(box.inbox()) == place, what=text)  # type: ignore[misc]
    _later(clerk)
    secret = "four geese in a pond"
    user = (("name", "nurse"), ("role", "operator"), ("password", secret), ("again", secret))
    clerk.post("/settings/users/add", *user)


def _people(clerk: Clerk) -> None:
    for name in GROUPS:
        clerk.post("/people/groups", ("name", name))
    page = clerk.get("/people/new")
    for name, number, group in PEOPLE:
        found = re.search(rf'name="group" value="(\d+)"[^>]*><span dir="auto">{group}<', page)
        assert found, group
        fields = (("name", name), ("number", number), ("group", found[1]))
        clerk.post("/people/new", *fields)
    clerk.post("/people/fields", ("name", "Village"), ("action", "add"))
    clerk.post("/people/blocked", ("number", "+254700555111"), ("action", "block"))


def _connections(clerk: Clerk) -> None:
    names = ("Clinic", "Till")
    ids = eventually(
        lambda: (found := clerk.numbers("/connections", "/connections/"))[1:] and found
    )
    for name, one in zip(names, ids, strict=True):
        path = f"/connections/{one}/settings"
        fields = re.findall(
            r'<input id="[^"]*" name="([^"]+)"[^>]*? value="([^"]*)"', clerk.get(path)
        )
        kept = [(n, v) for n, v in fields if n not in ("name", "code", "csrf_token")]
        on = ("switches", "send_enabled", "receive_enabled", "reports", "hang_up")
        switches = [(n, "1") for n in on]
        clerk.post(path, ("name", name), ("code", "*100#"), *kept, *switches)
        clerk.post(f"/connections/{one}/check", form="/connections")
    rule = (("kind", "prefix"), ("prefix", "+25473"), ("connection", ids[1]))
    clerk.post("/connections/rules/new", *rule)


def _activities(clerk: Clerk) -> None:
    page = clerk.get("/activities/new")
    group = re.search(r'<option value="(\d+)"[^>]*>Volunteers<', page)
    assert group
    when = (("name", "Volunteers sign up"), ("enabled", "yes"), ("match", "word"))
    then = (("words", "join"), ("sender", "anybody"), ("actions", 2))
    reply = (("a0-kind", "reply"), ("a0-text", "Welcome, {name}! You are a volunteer now."))
    join = (("a1-kind", "join"), ("a1-group", group[1]))
    days = tuple(("weekday", n) for n in range(7))
    clerk.post("/activities/new", *when, *then, *reply, *join, *days, ("do", "save"))


def _later(clerk: Clerk) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    when = (("when", "later"), ("date", tomorrow), ("time", "08:00"), ("unit", "week"))
    what = (("recipients", "Volunteers"), ("text", "Good morning! Who can drive today?"))
    clerk.post("/send", *when, ("every", 1), *what, ("action", "send"))
    clerk.post(
        "/send",
        *(("when", "later"), ("date", tomorrow), ("time", "17:30"), ("unit", "once")),
        *(("recipients", "Staff"), ("text", "The power will be off from 18:00. 🔌")),
        ("action", "send"),
    )
