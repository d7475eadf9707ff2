"""The main thread: listens, has everything started, serves the page, stops everything again.

Waitress has to own it: its loop can only be ended from the thread that runs it.
"""

from __future__ import annotations

import faulthandler
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from gateway.config import Config
from gateway.process.app import Service
from gateway.process.app_error import AppError
from gateway.process.box import Box
from gateway.process.notify import Page, Systemd
from gateway.server.certificate import CertificateError
from gateway.server.listener import ListenError, listen
from gateway.server.page_server import make_server
from gateway.services.box import heap
from gateway.store.file import database

log = logging.getLogger(__name__)


def run(
    config: Config,
    *,
    simulate: int = 0,
    air_time: float = 2.0,
    trial: bool = False,
    ready: Callable[[Box], None] = lambda box: None,
) -> bool:
    """Run the box until SIGTERM or Ctrl-C; whether it is to be started again at once.

    Raises AppError, StoreError.
    """
    heap.share()
    faulthandler.enable()  # systemd ends a service that hangs by SIGABRT: the log then says where
    try:
        listener = listen(config.http.host, config.http.port)
    except ListenError as e:
        raise AppError(str(e)) from e
    systemd = Systemd()
    page, serving = Page(listener, tls=bool(config.http.certificate)), threading.Event()
    service = Service(
        config,
        simulate=simulate,
        air_time=air_time,
        trial=trial,
        systemd=systemd,
        page_answers=lambda: not serving.is_set() or page.answers(),
    )

    def end(signum: int, frame: FrameType | None) -> None:
        if not service.restarts:  # after that word systemd takes nothing else
            systemd.tell("STOPPING=1")
        service.ask_to_stop()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        systemd.tell("WATCHDOG=1")  # after a restart in the same process its time runs already
        box = service.start()
        try:
            server = make_server(box, listener)
        except CertificateError as e:
            raise AppError(str(e)) from e
        with database.connected():
            ready(box)
        log.info("ready at %s:%d", config.http.host, config.http.port)
        serving.set()
        systemd.tell("READY=1", f"STATUS=Serving {config.http.host}:{config.http.port}")
        server.run()
    except (SystemExit, KeyboardInterrupt):
        log.info("stopping")
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not cut the stop short
        listener.close()
        service.stop()
    return service.restarts
