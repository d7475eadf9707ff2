"""A program that takes webhooks: a real HTTP server that keeps what it is told."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Receiver(ThreadingHTTPServer):
    """Keeps what it is told; how it answers is decided by path."""

    daemon_threads = True

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, Answer] = {}
        self.release = threading.Event()  # ends what answers slowly
        super().__init__(("127.0.0.1", 0), Handler)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def texts(self, path: str = "/") -> list[str]:
        told = [json.loads(body) for at, _, body in list(self.told) if at == path]
        return [one["payload"]["message"] for one in told]

    def handle_error(self, *_: object) -> None:
        """Callers that hang up are part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, dict(self.headers), body))
        self.server.answers.get(self.path, status(200))(self)

    def log_message(self, *_: object) -> None:
        pass


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def raw(*pieces: bytes, endless: bytes = b"") -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            for piece in pieces:
                handler.wfile.write(piece)
            while endless and not handler.server.release.is_set():
                handler.wfile.write(endless)

    return answer


def slow(handler: BaseHTTPRequestHandler) -> None:
    handler.server.release.wait(60)
    status(200)(handler)


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()
