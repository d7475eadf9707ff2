"""config.toml -> frozen dataclasses: what belongs to the machine, not to the people who use it.

`load` names every mistake at once, each with its key, so that nobody mends a file line by line.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.text.values import PIN_DIGITS, BadValue, boolean, choice, digits, integer, whole
from hw import lamps
from hw.boards import BOARDS

SECTIONS = ("data", "country", "http", "modem", "ports", "power", "leds", "log", "webhooks")
HTTP_KEYS = ("listen", "trusted_hosts", "certificate", "key", "hsts", "trusted_proxy")
LISTEN, TRUSTED_HOSTS = "PIGEONBOX_LISTEN", "PIGEONBOX_TRUSTED_HOSTS"  # in the environment
HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")
A_LIST = {
    "http.trusted_hosts": 'e.g. ["box.example.org"]',
    TRUSTED_HOSTS: 'with commas between them, e.g. "box.example.org,pigeon.example.org"',
}
DEFAULT_DATA = Path("/var/lib/pigeonbox")
BAUD_RATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)


@dataclass(frozen=True, slots=True)
class ModemPort:
    """A serial port listed by hand."""

    port: str
    baud: int = 115200
    pin: str = field(
        default="", repr=False
    )  # offered to the SIM once, when the SIM asks and has none of its own stored


@dataclass(frozen=True, slots=True)
class Ports:
    """Where modems are looked for besides the ports listed by hand."""

    usb: bool = True  # sticks and modules of known makers; nothing else on USB is ever opened
    uart: bool = False  # the pins of the board's header, for a HAT
    ignore: tuple[str, ...] = ()  # "/dev/ttyUSB3", "12d1:1506", "1-1.2"


@dataclass(frozen=True, slots=True)
class Http:
    host: str = "0.0.0.0"  # noqa: S104 - people reach the box over their LAN; nothing works unsigned
    port: int = 8080
    trusted_hosts: tuple[str, ...] = ()
    certificate: str = ""  # PEM files; "" = no TLS
    key: str = ""
    hsts: bool = False  # browsers that were here by TLS refuse to come without, for a year
    trusted_proxy: str = ""  # address of a proxy whose word on who asks is believed

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"


@dataclass(frozen=True, slots=True)
class Power:
    """What the box may switch to bring back a modem that stopped answering."""

    board: str = "none"  # the HAT whose power key or supply is wired to the header
    port: str = ""  # where its modem answers; "" = the serial port of the header
    uhubctl: bool = True  # sockets of hubs that can switch each one alone, when uhubctl is there
    reboot: bool = False  # the whole box, at most every 6 hours and with no modem in service


@dataclass(frozen=True, slots=True)
class Config:
    data: Path = DEFAULT_DATA
    country: str = "GB"  # numbers typed without a country code are read as numbers of this one
    http: Http = field(default_factory=Http)
    modems: tuple[ModemPort, ...] = ()
    ports: Ports = field(default_factory=Ports)
    power: Power = field(default_factory=Power)
    webhooks_to_this_machine: bool = False  # whether webhooks may call programs on the box itself
    led_board: str = "none"
    button: int | None = None  # BCM pin of a push button to ground; None: the board's own
    log_level: str = "INFO"
    path: Path | None = field(default=None, compare=False)  # the file it was read from
    log_texts: bool = False  # message texts stay out of the log unless asked for

    def __post_init__(self) -> None:
        # Flask, SQLite's addresses and whoever copies a path from what we print each take a
        # relative one as something else; so there is none.
        object.__setattr__(self, "data", self.data.absolute())


@dataclass(frozen=True, slots=True)
class Mistake:
    key: str
    words: str

    def __str__(self) -> str:
        return f"{self.key}: {self.words}" if self.key else self.words


class ConfigError(Exception):
    """The file cannot be used. `mistakes` holds all of them."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.path = path
        self.mistakes = tuple(mistakes)
        super().__init__(f"{path}: " + "; ".join(map(str, mistakes)))


def load(path: Path) -> Config:
    """Read and check `path`. Raises ConfigError with every mistake in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise ConfigError(path, [Mistake("", f"cannot be read ({e.strerror})")]) from e
    except UnicodeDecodeError as e:
        raise ConfigError(path, [Mistake("", "is not a text file in UTF-8")]) from e
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(path, [Mistake("", f"is not valid TOML: {e}")]) from e
    reader = _ConfigReader()
    config = reader.config(table)
    if reader.mistakes:
        raise ConfigError(path, reader.mistakes)
    return replace(config, path=path)


def in_force(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """The file, where there is one, and what the environment says instead of it.

    Raises ConfigError with every mistake of one of them.
    """
    config = load(path) if path else Config()
    reader = _ConfigReader()
    http = reader.from_environment(config.http, environment)
    if reader.mistakes:
        raise ConfigError(Path("environment"), reader.mistakes)
    return replace(config, http=http)


class _ConfigReader:
    """Takes values out of tables, collecting mistakes instead of stopping at the first."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def config(self, table: dict[str, Any]) -> Config:
        default = Config()
        self._known(table, "", SECTIONS)
        leds = self._table(table, "leds", ("board", "button"))
        log = self._table(table, "log", ("level", "texts"))
        webhooks = self._table(table, "webhooks", ("this_machine",))
        return Config(
            data=Path(self._text(table, "data", "", str(default.data))),
            country=self._checked(table, "country", "", default.country, _country),
            http=self._http(self._table(table, "http", HTTP_KEYS)),
            modems=(modems := self._modems(table.get("modem", []))),
            ports=self._ports(self._table(table, "ports", ("usb", "uart", "ignore")), modems),
            power=self._power(self._table(table, "power", ("board", "port", "uhubctl", "reboot"))),
            button=self._button(leds),
            led_board=self._choice(leds, "board", "leds", lamps.NAMES, default.led_board),
            log_level=self._choice(
                log, "level", "log", ("DEBUG", "INFO", "WARNING", "ERROR"), default.log_level
            ),
            log_texts=self._bool(log, "texts", "log", default.log_texts),
            webhooks_to_this_machine=self._bool(webhooks, "this_machine", "webhooks", False),
        )

    def _http(self, table: dict[str, Any]) -> Http:
        default = Http()
        listen = self._checked(
            table, "listen", "http", f"{default.host}:{default.port}", _host_and_port
        )
        hosts = self._hosts(table.get("trusted_hosts", []), "http.trusted_hosts")
        host, port = parse_listen(listen) or (default.host, default.port)
        certificate = self._checked(table, "certificate", "http", "", _file_path)
        key = self._checked(table, "key", "http", "", _file_path)
        if ("certificate" in table) != ("key" in table):
            missing = "key" if "certificate" in table else "certificate"
            self._wrong(f"http.{missing}", "is missing: certificate and key are given together")
        proxy = self._checked(table, "trusted_proxy", "http", "", _ip_address)
        hsts = self._bool(table, "hsts", "http", default.hsts)
        if hsts and not (certificate or proxy):
            words = "needs TLS: give certificate and key as well, or the trusted_proxy that has it"
            self._wrong("http.hsts", words)
        return Http(host, port, hosts, certificate, key, hsts, proxy)

    def _hosts(self, value: object, key: str) -> tuple[str, ...]:
        """As browsers send them: a scheme, a port or a star would never match."""
        if not isinstance(value, list) or not all(
            isinstance(h, str) and HOST.fullmatch(h) for h in value
        ):
            self._wrong(key, f"must be a list of names, {A_LIST[key]}")
            return ()
        return tuple(value)

    def from_environment(self, http: Http, environment: Mapping[str, str]) -> Http:
        """What is set there counts instead of the file's; what is empty counts as not set."""
        given = {name: environment.get(name, "").strip() for name in (LISTEN, TRUSTED_HOSTS)}
        set_ = {name: value for name, value in given.items() if value}
        listen = self._checked(set_, LISTEN, "", "", _host_and_port)
        if found := parse_listen(listen):
            http = replace(http, host=found[0], port=found[1])
        if TRUSTED_HOSTS in set_:
            names = [name for name in re.split(r"[,\s]+", set_[TRUSTED_HOSTS]) if name]
            http = replace(http, trusted_hosts=self._hosts(names, TRUSTED_HOSTS))
        return http

    def _ports(self, table: dict[str, Any], modems: tuple[ModemPort, ...]) -> Ports:
        default = Ports()
        ignore = table.get("ignore", [])
        if not isinstance(ignore, list) or not all(map(_is_ignorable, ignore)):
            self._wrong(
                "ports.ignore",
                "must be a list of ports, USB ids or USB sockets, "
                'e.g. ["/dev/ttyUSB3", "12d1:1506", "1-1.2"]',
            )
            ignore = []
        for port in (m.port for m in modems if m.port in ignore):
            self._wrong("ports.ignore", f"{port} is listed as a [[modem]] too")
        return Ports(
            usb=self._bool(table, "usb", "ports", default.usb),
            uart=self._bool(table, "uart", "ports", default.uart),
            ignore=tuple(ignore),
        )

    def _power(self, table: dict[str, Any]) -> Power:
        default = Power()
        boards = ("none", *BOARDS)
        return Power(
            board=self._choice(table, "board", "power", boards, default.board),
            port=self._checked(table, "port", "power", default.port, _device_path),
            uhubctl=self._bool(table, "uhubctl", "power", default.uhubctl),
            reboot=self._bool(table, "reboot", "power", default.reboot),
        )

    def _modems(self, entries: object) -> tuple[ModemPort, ...]:
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            self._wrong("modem", "must be written as [[modem]], once for each modem")
            return ()
        found: list[ModemPort] = []
        for number, entry in enumerate(entries, start=1):
            key = f"modem[{number}]"
            self._known(entry, key, ("port", "baud", "pin"))
            if "port" not in entry:
                self._wrong(f"{key}.port", 'is missing; e.g. port = "/dev/ttyUSB0"')
            port = self._checked(entry, "port", key, "/dev/null", _device_path)
            if any(m.port == port for m in found) and port != "/dev/null":
                self._wrong(f"{key}.port", f"{port} is listed twice")
            baud = choice(entry.get("baud", 115200), BAUD_RATES)
            if isinstance(baud, BadValue):
                self._wrong(f"{key}.baud", _one_of(baud))
                baud = 115200
            pin = self._checked(entry, "pin", key, "", _pin)
            found.append(ModemPort(port, baud, pin))
        return tuple(found)

    # values ---------------------------------------------------------------------------------

    def _wrong(self, key: str, words: str) -> None:
        self.mistakes.append(Mistake(key, words))

    def _known(self, table: dict[str, Any], prefix: str, names: tuple[str, ...]) -> None:
        for name in table:
            if name not in names:
                self._wrong(_join(prefix, name), f"is not known; known are {', '.join(names)}")

    def _table(self, table: dict[str, Any], name: str, known: tuple[str, ...]) -> dict[str, Any]:
        value = table.get(name, {})
        if not isinstance(value, dict):
            self._wrong(name, f"must be a section, written as [{name}]")
            return {}
        self._known(value, name, known)
        return value

    def _text(self, table: dict[str, Any], name: str, prefix: str, default: str) -> str:
        value = table.get(name, default)
        if not isinstance(value, str) or not value.strip():
            self._wrong(_join(prefix, name), 'must be a text in quotes, e.g. "..."')
            return default
        return value

    def _checked(
        self,
        table: dict[str, Any],
        name: str,
        prefix: str,
        default: str,
        check: Callable[[str], str | None],
    ) -> str:
        if name not in table:
            return default
        before = len(self.mistakes)
        value = self._text(table, name, prefix, default)
        if len(self.mistakes) > before:
            return default
        if words := check(value):
            self._wrong(_join(prefix, name), words)
            return default
        return value

    def _choice(
        self,
        table: dict[str, Any],
        name: str,
        prefix: str,
        choices: tuple[str, ...],
        default: str,
    ) -> str:
        def check(value: str) -> str | None:
            found = choice(value, choices)
            return _one_of(found) if isinstance(found, BadValue) else None

        return self._checked(table, name, prefix, default, check)

    def _button(self, table: dict[str, Any]) -> int | None:
        if table.get("button") is None:
            return None
        found = integer(table["button"], 2, 27)
        if isinstance(found, BadValue):
            words = f"must be the BCM number of a pin, {found.bounds}, e.g. 26"
            self._wrong("leds.button", words)
            return None
        return found

    def _bool(self, table: dict[str, Any], name: str, prefix: str, default: bool) -> bool:
        found = boolean(table.get(name, default))
        if isinstance(found, BadValue):
            self._wrong(_join(prefix, name), "must be true or false")
            return default
        return found


def parse_listen(value: str) -> tuple[str, int] | None:
    """ "0.0.0.0:8080" or "[::]:8080" -> host and port; None when it is neither."""
    host, _, written = value.rpartition(":")
    port = whole(written, 0, 65535)
    if not host or isinstance(port, BadValue):
        return None
    return host.strip("[]"), port


def _one_of(bad: BadValue) -> str:
    return f"must be one of {', '.join(map(str, bad.choices))}"


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _host_and_port(value: str) -> str | None:
    words = 'must be an address and a port up to 65535, e.g. "0.0.0.0:8080"'
    return None if parse_listen(value) else words


def _device_path(value: str) -> str | None:
    return None if value.startswith("/") else 'must be a full path, e.g. "/dev/ttyUSB0"'


def _file_path(value: str) -> str | None:
    return None if value.startswith("/") else 'must be a full path, e.g. "/etc/pigeonbox/key.pem"'


def _ip_address(value: str) -> str | None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return 'must be the address of the proxy, e.g. "127.0.0.1"'
    return None


def _is_ignorable(value: object) -> bool:
    return isinstance(value, str) and bool(
        re.fullmatch(r"/.+|[0-9a-fA-F]{4}:[0-9a-fA-F]{4}|[0-9]+-[0-9]+(\.[0-9]+)*", value)
    )


def _pin(value: str) -> str | None:
    found = digits(value, *PIN_DIGITS)
    words = 'must be {} digits in quotes, e.g. "1234"'
    return words.format(found.bounds) if isinstance(found, BadValue) else None


def _country(value: str) -> str | None:
    ok = len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()
    return None if ok else 'must be the two letters of a country, e.g. "KE"'
