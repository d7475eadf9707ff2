"""The inbox after years: a million messages and ten thousand contacts in a running box."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from gateway.clock import DAY
from gateway.simnet import Network
from gateway.store.file import data_folder, database
from tests.bench import Figure, million
from tests.bench.drain import opened
from tests.bench.idle import cpu_seconds, resident_mib
from tests.support.box import RunningBox, eventually

ROUNDS = 9
PAGES = 20  # that stand open
WATCH = 20.0  # seconds
PASSWORD = "correct horse battery"
LIVE = Path(__file__).parents[2] / "webui/static/live.js"
PAGE, SEARCH, TYPED = "at most 50", "at most 100", "at most 30"


def run(made: Path | None = None) -> Iterator[Figure]:
    """`made`: a folder in which `million.build` was done, to be used up."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        network = stack.enter_context(Network(air_time=0.0))
        modem = network.add_modem()
        box = stack.enter_context(RunningBox(Path(name), ports=[modem.port]))
        began = time.monotonic()
        if made:
            made.rename(box.data)
        else:
            million.build(box.data)
        yield Figure("store of a million messages made", time.monotonic() - began, "s")
        size = (box.data / data_folder.FILE_NAME).stat().st_size / 2**20
        yield Figure("its size", size, "MiB")
        with opened(box.data):
            common, about = _words()
        began = time.monotonic()
        box.start()
        yield Figure("start with a million messages", time.monotonic() - began, "s", "at most 2")
        box.wait_for_modems(1)
        _settled(box)
        reader = Reader(box)
        yield from _pages(reader)
        yield from _searches(reader, common, about)
        yield from _typing(reader)
        yield from _weights(reader)
        yield from _broadcast(box, reader)
        yield from _open_pages(box, reader)
        yield from _export(box, reader)
        assert box.process
        yield Figure("resident memory", resident_mib(box.process.pid), "MiB", "at most 96")


class Reader:
    """A signed-in browser without a screen. One connection, kept open."""

    def __init__(self, box: RunningBox, cookies: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", box.port, timeout=60)
        self.cookies = dict(cookies or {})
        if not cookies:
            link = box.first_run_link().removeprefix(box.url)
            form = {"name": "admin", "password": PASSWORD, "again": PASSWORD}
            code = link.rpartition("=")[2]
            self.post("/first-run", form | {"code": code, "csrf_token": self.token(link)})

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        cookies = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            self._connection.request(method, path, body, {"Cookie": cookies} | headers)
            answer = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # it was quiet for too long
            self._connection.request(method, path, body, {"Cookie": cookies} | headers)
            answer = self._connection.getresponse()
        content = answer.read()
        for said in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = said.partition(";")[0].partition("=")
            self.cookies[name] = value
        assert answer.status < 400, (path, answer.status, content[:300])
        return answer, content

    def get(self, path: str) -> str:
        return self.ask("GET", path)[1].decode()

    def post(self, path: str, form: dict[str, str]) -> http.client.HTTPResponse:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(form), **kind)[0]

    def token(self, path: str = "/") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path))
        assert found
        return found[1]

    def milliseconds(self, path: str) -> float:
        """The median of some tries."""
        times = [_timed(lambda: self.get(path)) for _ in range(ROUNDS)]
        return sorted(times)[ROUNDS // 2] * 1000


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _words() -> tuple[list[str], str]:
    """The commonest words of the newest texts, and a name and number to search for."""
    counted: dict[str, int] = {}
    for (text,) in database.execute("SELECT text FROM message ORDER BY id DESC LIMIT 5000"):
        for word in set(text.lower().split()):
            counted[word] = counted.get(word, 0) + 1
    common = sorted(counted, key=lambda w: -counted[w])
    common = [w for w in common if len(w) > 2][:3]
    return common, database.execute("SELECT name FROM contact WHERE id = 4").fetchone()[0]


def _pages(reader: Reader) -> Iterator[Figure]:
    middle = million.MESSAGES // 2
    for name in ("", "received", "sent", "failed", "pending", "deleted"):
        for where, query in (
            ("first", ""),
            ("deep", f"?before={middle}"),
            ("last", "?before=1000"),
        ):
            label = f"inbox page, {name or 'all'}, {where}"
            yield Figure(label, reader.milliseconds(f"/{name}{query}"), "ms", PAGE)
    yield Figure("inbox page, a broadcast", reader.milliseconds("/?before=50001"), "ms", PAGE)
    opened_ = f"/messages/{million.MESSAGES // 20}?view=all"
    times = [
        _timed(lambda: reader.ask("GET", opened_, **{"X-Requested-By": "page"}))
        for _ in range(ROUNDS)
    ]
    yield Figure("a broadcast opened", sorted(times)[ROUNDS // 2] * 1000, "ms", PAGE)
    yield Figure("page of a contact", reader.milliseconds("/people/1"), "ms", PAGE)
    yield Figure("list of people", reader.milliseconds("/people"), "ms", PAGE)


def _searches(reader: Reader, common: list[str], name: str) -> Iterator[Figure]:
    one, two, three = common
    day = time.strftime("%Y-%m-%d", time.gmtime((million.BEGIN + 400 * DAY) / 1000))
    asked = {
        "a rare word": {"q": million.RARE},
        "a common word": {"q": one + " "},
        "two words": {"q": f"{one} {two}"},
        "three words": {"q": f"{one} {two} {three}"},
        "common and rare": {"q": f"{one} {million.RARE}"},
        "a beginning": {"q": one[:3]},
        "nothing found": {"q": "xyzzy"},
        "a name": {"q": name},
        "a common name": {"q": "ann"},
        "a number": {"q": "0710 000 000"},
        "part of a number": {"q": "25471"},
        "the end of a number": {"q": "119"},
        "common and failed": {"q": one, "state": "failed"},
        "common and unread": {"q": one, "state": "unread"},
        "common and a connection": {"q": one, "connection": "2"},
        "common, of days": {"q": one, "since": day, "until": day},
        "days alone": {"since": day, "until": day},
        "a group of 5,000": {"who": "Everybody"},
        "common, a group of 40": {"q": one, "who": "Nurses"},
        "received, unread": {"direction": "in", "state": "unread"},
    }
    for label, query in asked.items():
        path = f"/?{urlencode(query)}"
        yield Figure(f"search, {label}", reader.milliseconds(path), "ms", SEARCH)
    deep = urlencode({"q": one, "before": "5000"})
    yield Figure("search, a common word, deep", reader.milliseconds(f"/?{deep}"), "ms", SEARCH)


def _typing(reader: Reader) -> Iterator[Figure]:
    for typed in ("a", "ann", "zzz", "+2547", "otieno"):
        path = f"/people/suggest?{urlencode({'q': typed})}"
        yield Figure(f"type-ahead, {typed}", reader.milliseconds(path), "ms", TYPED)


def _weights(reader: Reader) -> Iterator[Figure]:
    """As a browser asks: compressed."""
    html, size = _weighed(reader, "/")
    seen: dict[str, int] = {}
    todo = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        content, seen[path] = _weighed(reader, path)
        if path.endswith(".js"):
            folder = path.rpartition("/")[0]
            todo += [f"{folder}/{name}" for name in re.findall(r'from "\./([^"]+)"', content)]
    first = size + sum(seen.values())
    yield Figure("page weight, first load", first / 1000, "kB", "under 100")
    before = re.search(r'href="(/\?before=[^"]+)"', html)
    _, following = _weighed(reader, before[1] if before else "/received")
    yield Figure("page weight, after", following / 1000, "kB", "under 20")


def _weighed(reader: Reader, path: str) -> tuple[str, int]:
    """What is there, and how many octets it took."""
    answer, content = reader.ask("GET", path, **{"Accept-Encoding": "gzip"})
    plain = gzip.decompress(content) if answer.headers.get("Content-Encoding") else content
    return plain.decode(), len(content)


def _broadcast(box: RunningBox, reader: Reader) -> Iterator[Figure]:
    fields = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', reader.get("/send"))
    )
    form = fields | {"recipients": "Everybody", "text": "Clean water is back.", "action": "send"}
    began = time.perf_counter()
    answer = reader.post("/send", form)
    took = time.perf_counter() - began
    assert answer.status == 303, answer.status
    yield Figure("broadcast to 5,000 accepted", took, "s", "at most 2")
    with opened(box.data):
        newest = database.execute("SELECT max(id) FROM message").fetchone()[0]
        sql = "SELECT 1 FROM dispatch WHERE message_id = ? AND state NOT IN ('pending', 'sending')"
        eventually(lambda: database.execute(sql, (newest,)).fetchone())
        yield Figure("and the first is sent after", time.perf_counter() - began, "s", "at once")
        numbers = [n for (n,) in database.execute("SELECT number FROM contact LIMIT 5000")]
    form |= {"recipients": "\n".join(numbers), "csrf_token": reader.token("/send")}
    count = _timed(
        lambda: reader.ask(
            "POST",
            "/send/count",
            urlencode(form),
            **{"Content-Type": "application/x-www-form-urlencoded", "X-Requested-By": "page"},
        )
    )
    yield Figure("live count of 5,000 pasted numbers", count * 1000, "ms")
    _settled(box, 600)
    yield Figure("and all are sent after", time.perf_counter() - began, "s")


def _open_pages(box: RunningBox, reader: Reader) -> Iterator[Figure]:
    """As live.js asks: each page in its own time, with the ETag it has."""
    alone = _sending(box)
    yield Figure("a message sent, no page open", alone * 1000, "ms")
    ids = ",".join(re.findall(r'data-id="(\d+)"', reader.get("/")))
    stop, pace = threading.Event(), _pace()

    def watch() -> None:
        page = Reader(box, reader.cookies)
        etag = ""
        while not stop.wait(pace):
            headers = {"If-None-Match": etag} if etag else {}
            path = f"/live?view=all&ids={ids}&newer="
            answer, _ = page.ask("GET", path, **{"X-Requested-By": "page"}, **headers)
            etag = answer.headers.get("ETag", "")

    assert box.process
    watchers = [threading.Thread(target=watch) for _ in range(PAGES)]
    quiet = _cost(box.process.pid)
    for watcher in watchers:
        watcher.start()
        time.sleep(pace / PAGES)
    time.sleep(2)
    yield Figure(f"{PAGES} open pages", _cost(box.process.pid) - quiet, "% of a core", "under 5")
    yield Figure(f"a message sent, {PAGES} pages open", _sending(box) * 1000, "ms")
    stop.set()
    for watcher in watchers:
        watcher.join()


def _pace() -> float:
    """Seconds between two questions of a page that somebody looks at."""
    found = re.search(r"visible: (\d+)", LIVE.read_text())
    assert found
    return int(found[1]) / 1000


def _cost(pid: int) -> float:
    cpu = cpu_seconds(pid)
    time.sleep(WATCH)
    return (cpu_seconds(pid) - cpu) / WATCH * 100


def _sending(box: RunningBox) -> float:
    """Seconds from acceptance to the network's answer; the median of some."""
    times = []
    with opened(box.data):
        for n in range(ROUNDS):
            began = time.perf_counter()
            sent = box.send(f"ping {n}", "+254799000001")
            sql = (
                "SELECT 1 FROM message m JOIN dispatch d ON d.message_id = m.id"
                " WHERE m.client_id = ? AND d.state IN ('sent', 'delivered')"
            )
            while not database.execute(sql, (sent,)).fetchone():
                time.sleep(0.001)
            times.append(time.perf_counter() - began)
    return sorted(times)[ROUNDS // 2]


def _export(box: RunningBox, reader: Reader) -> Iterator[Figure]:
    """Of more than 100,000 messages, read as fast as it comes; and sending meanwhile."""
    since = time.strftime(
        "%Y-%m-%d", time.gmtime((million.BEGIN + million.LENGTH - 115 * DAY) / 1000)
    )
    connection = http.client.HTTPConnection("127.0.0.1", box.port, timeout=300)
    lines = [0]

    def fetch() -> None:
        headers = {"Authorization": f"Bearer {box.token}"}
        connection.request("GET", f"/api/v1/export?since={since}", headers=headers)
        answer = connection.getresponse()
        while some := answer.read(1 << 16):
            lines[0] += some.count(b"\r\n")

    fetcher = threading.Thread(target=fetch)
    began = time.perf_counter()
    fetcher.start()
    meanwhile = _sending(box)
    fetcher.join()
    took = time.perf_counter() - began
    connection.close()
    yield Figure("export", lines[0] / took, "lines/s")
    yield Figure("lines of it", lines[0], "lines")
    yield Figure("a message sent during an export", meanwhile * 1000, "ms")


def _settled(box: RunningBox, patience: float = 120) -> None:
    """Until nothing waits to be sent."""
    sql = "SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending') LIMIT 1"
    with opened(box.data):
        eventually(
            lambda: not database.execute(sql).fetchone(), patience=patience, what="to be sent"
        )
