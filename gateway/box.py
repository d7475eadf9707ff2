"""What the page, the API and the control socket get to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.config import Config
from gateway.events import Events
from gateway.services.accounts import Accounts
from gateway.services.activities import Activities
from gateway.services.credit import Credit
from gateway.services.files import Files
from gateway.services.gate import Gate
from gateway.services.healthwatch import HealthWatch
from gateway.services.importing import Importing
from gateway.services.interactions import Interactions
from gateway.services.keeping import Keeping
from gateway.services.lighting import Lighting
from gateway.services.lines import Lines
from gateway.services.longwork import LongWork
from gateway.services.messages_csv import MessagesCsv
from gateway.services.messaging import Messaging
from gateway.services.options import Options
from gateway.services.people import People
from gateway.services.preferences import Preferences
from gateway.services.programs import Programs
from gateway.services.registering import Registering
from gateway.services.rules import Rules
from gateway.services.scheduling import Scheduling
from gateway.services.searching import Searching
from gateway.services.sending import Sending
from gateway.services.sims import Sims
from gateway.services.status import Status
from gateway.services.timekeeping import Timekeeping
from gateway.services.users import Users
from gateway.services.ussd import Ussd
from gateway.terminal.desk import Desk

if TYPE_CHECKING:
    from gateway.simnet import Network


@dataclass(slots=True)
class Box:
    config: Config
    clock: Clock
    events: Events
    messaging: Messaging
    status: Status
    accounts: Accounts
    options: Options | None = None  # what a person decides for a connection
    ussd: Ussd | None = None
    credit: Credit | None = None
    health: HealthWatch | None = None  # what is wrong with the box
    lighting: Lighting | None = None  # what its light says
    keeping: Keeping | None = None  # backups, how long messages stay
    desk: Desk | None = None  # for commands that an expert types
    phone: Network | None = None  # the pretend carrier, in simulation only
    work: LongWork | None = None  # what takes longer than a page can wait
    timekeeping: Timekeeping | None = None  # whether the clock is right
    hold: Callable[[], str] = str  # why nothing is sent by the clock; "" = it is trusted
    poke_activities: Callable[[], None] = lambda: None  # there is something for them to do

    @property
    def preferences(self) -> Preferences:
        return Preferences(self.events, self.config.country)

    @property
    def interactions(self) -> Interactions:
        return Interactions(self.clock, self.events, self.work)

    @property
    def messages_csv(self) -> MessagesCsv:
        return MessagesCsv(self.people.names, self.preferences.zone)

    @property
    def files(self) -> Files:
        return Files(self.config.data, self.messages_csv)

    @property
    def searching(self) -> Searching:
        return Searching(self.preferences.country, self.preferences.zone)

    @property
    def scheduling(self) -> Scheduling:
        return Scheduling(self.clock, self.events, self.messaging, self.preferences, self.hold)

    @property
    def people(self) -> People:
        return People(self.clock, self.events, self.preferences.country)

    @property
    def activities(self) -> Activities:
        return Activities(self.clock, self.events, self.preferences, self.poke_activities)

    @property
    def registering(self) -> Registering:
        return Registering(self.activities)

    @property
    def importing(self) -> Importing:
        return Importing(self.clock, self.events, self.preferences.country, self.work)

    @property
    def users(self) -> Users:
        return Users(self.clock, self.accounts.forget)

    @property
    def programs(self) -> Programs:
        return Programs(self.clock)

    @property
    def rules(self) -> Rules:
        return Rules(self.clock, self.events, self.preferences.country)

    @property
    def lines(self) -> Lines:
        gate = self.options.gate if self.options else Gate(self.clock)
        return Lines(self.status, gate, self.clock, self.preferences.zone)

    @property
    def sending(self) -> Sending:
        return Sending(self.clock, self.events)

    @property
    def sims(self) -> Sims:
        return Sims(self.status, self.clock, self.events)
