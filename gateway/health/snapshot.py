"""What the checks look at: the machine at one moment, as plain values. None: not known."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Holder:
    """Another program that has a port open."""

    pid: int
    name: str


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port that the box uses or would use."""

    path: str
    exists: bool = True
    serial: bool = True  # a character device
    usable: bool = True  # this user may read and write it
    group: str = ""  # that owns it
    in_group: bool = True  # this user belongs to it, as far as new sessions know
    holders: tuple[Holder, ...] = ()
    keeper: str = ""  # what the system itself has put there: "a login prompt", "Bluetooth"
    kernel_console: bool = False  # console=... on the kernel's command line names it


@dataclass(frozen=True, slots=True)
class Storage:
    memory: str
    used: int
    total: int


@dataclass(frozen=True, slots=True)
class ModemFacts:
    """What the service says of a modem, or what the modem itself answered."""

    port: str
    answered: bool = True
    state: str = ""  # the service's: "ready", "sim_locked", ...; "" when asked without it
    words: str = ""  # what the service says of it
    advice: str = ""
    name: str = ""  # of its connection
    model: str = ""
    silence: str = ""  # why it did not answer
    sim: str = ""  # of +CPIN?: READY, SIM PIN, NOT INSERTED; "" when none is seen
    registered: bool | None = None
    denied: bool = False
    searching: bool = False
    roaming: bool = False
    signal_dbm: int | None = None
    smsc: str | None = None
    storages: tuple[Storage, ...] = ()
    held: str = ""  # it could send, and why it does not
    warnings: tuple[str, ...] = ()  # what the service noticed: supply, jamming
    recoveries: int = 0
    restarts: int = 0
    since: int | None = None

    @property
    def place(self) -> str:
        """Which one, for people: "of “Clinic” at /dev/ttyUSB2"."""
        return f"of “{self.name}” at {self.port}" if self.name else f"at {self.port}"


@dataclass(frozen=True, slots=True)
class UnusableDevice:
    """What USB shows that is no usable modem."""

    key: str
    place: str
    words: str
    serious: bool


@dataclass(frozen=True, slots=True)
class Supply:
    """What a Raspberry Pi says of its own supply."""

    low: bool = False
    was_low: bool = False  # since it started


@dataclass(frozen=True, slots=True)
class LowCredit:
    """A connection whose last balance is below what its owner wants to be warned at."""

    name: str
    balance: str  # with its currency
    held: bool = False  # its queue waits because of it


@dataclass(frozen=True, slots=True)
class ClockState:
    year: int
    synchronised: bool | None = None  # None: nothing here can tell
    wrong: str = ""  # why the service does not trust it


@dataclass(frozen=True, slots=True)
class Disk:
    folder: str
    exists: bool = True
    free: int = 1 << 40  # octets
    read_only: bool = False
    writable: bool = True  # by this user
    volatile: bool = False  # only in memory: gone with the next restart


@dataclass(frozen=True, slots=True)
class Queue:
    due: int = 0  # messages to one recipient each that should have gone out by now
    oldest_due: int | None = None
    last_sent: int | None = None
    uncertain: int = 0
    uncertain_since: int | None = None


@dataclass(frozen=True, slots=True)
class Store:
    exists: bool = True
    readable: bool = True
    trouble: str = ""  # why it could not be read
    damage: tuple[str, ...] = ()  # what SQLite found
    size: int = 0
    created: int | None = None  # the first message's arrival or acceptance
    newest_backup: int | None = None
    backups: int = 0
    backup_trouble: str = ""  # why daily copies do not go where they should
    mended: str = ""  # what was done about a damaged database, until somebody has read it
    queue: Queue | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """One that does not take what it is told."""

    activity: str
    url: str
    since: int  # ms UTC
    words: str  # what happened last
    given_up: int = 0  # messages that it was not told of in the end


@dataclass(frozen=True, slots=True)
class Unreached:
    """Something that is sent by itself, and who does not get it because the number is blocked."""

    what: str  # "The activity “Alarms”"
    who: tuple[str, ...]  # the last one who was blocked first
    at: int  # ms UTC, when the last one was
    named: bool = False  # one of them is named there, not only in a group


@dataclass(frozen=True, slots=True)
class KeptStop:
    """A STOP of somebody who is always reached, which nobody has read."""

    who: str
    word: str
    at: int


@dataclass(frozen=True, slots=True)
class SilencedSender:
    """Somebody whom the guard of automatic replies does not answer at the moment."""

    who: str
    words: str
    at: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    now: int  # ms UTC
    user: str = ""
    service: bool = True  # it runs on this data folder and answers
    hung: bool = False  # it runs and does not answer
    barred: bool = False  # this user may not know whether it runs
    ports: tuple[Port, ...] = ()
    modems: tuple[ModemFacts, ...] = ()
    devices: tuple[UnusableDevice, ...] = ()
    modem_manager: bool = False
    supply: Supply | None = None
    gpio_group: bool | None = None  # this user may use the pins; None: no pins are used
    clock: ClockState = field(default_factory=lambda: ClockState(2026))
    disk: Disk | None = None
    store: Store | None = None
    credits: tuple[LowCredit, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    broken_activities: tuple[tuple[str, str], ...] = ()  # (name, what it names that is gone)
    unreached: tuple[Unreached, ...] = ()
    kept_stops: tuple[KeptStop, ...] = ()
    silenced: tuple[SilencedSender, ...] = ()
    temperature: float | None = None  # of the board's processor, degrees Celsius
    dead: tuple[str, ...] = ()  # threads of the service that have died or hang
    dark: str = ""  # why there is no light although the config names one
    update_failed: str = ""  # what a failed update said; the version before it runs
    exposed: tuple[tuple[str, str], ...] = ()  # (path, what it holds) that others may read
    certificate_ends: int | None = None  # ms UTC, of the page's certificate
