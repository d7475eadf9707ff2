"""What the page, the API and the control socket get to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.config import Config
from gateway.events import Events
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.tokens import Programs
from gateway.services.accounts.users import Users
from gateway.services.activities.activities import Activities
from gateway.services.activities.webhook_registration import Registering
from gateway.services.box.preferences import Preferences
from gateway.services.clock.timekeeper import Timekeeping
from gateway.services.connections.box_limits import Sending
from gateway.services.connections.options import Options
from gateway.services.connections.overview import Lines
from gateway.services.connections.removal import Sims
from gateway.services.connections.rules import Rules
from gateway.services.connections.status import Status
from gateway.services.credit.credit import Credit
from gateway.services.credit.ussd import Ussd
from gateway.services.health.health_watch import HealthWatch
from gateway.services.jobs.long_work import LongWork
from gateway.services.keeping.keeping import Keeping
from gateway.services.light.display import Lighting
from gateway.services.messages.accept import Messaging
from gateway.services.messages.bulk import Interactions
from gateway.services.messages.export_files import Files
from gateway.services.messages.messages_csv import MessagesCsv
from gateway.services.messages.searches import Searching
from gateway.services.people.imports import Importing
from gateway.services.people.people import People
from gateway.services.schedules.schedules import Scheduling
from gateway.services.sending.holds import Gate
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
