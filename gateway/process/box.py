"""What the page, the API and the control socket get to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.config import Config
from gateway.events import Events
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.tokens import Tokens
from gateway.services.accounts.users import Users
from gateway.services.activities.activities import Activities
from gateway.services.activities.webhook_registration import WebhookRegistration
from gateway.services.box.preferences import Preferences
from gateway.services.clock.timekeeper import Timekeeper
from gateway.services.connections.box_limits import BoxLimits
from gateway.services.connections.options import ConnectionOptions
from gateway.services.connections.overview import Connections
from gateway.services.connections.removal import ConnectionRemoval
from gateway.services.connections.rules import Rules
from gateway.services.connections.status import StatusReader
from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.credit_status import kept_status
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.health.health_watch import HealthWatch
from gateway.services.jobs.long_work import LongWork
from gateway.services.keeping.keeping import Keeping
from gateway.services.light.display import LightDisplay
from gateway.services.messages.accept import Messages
from gateway.services.messages.bulk import BulkActions
from gateway.services.messages.export_files import ExportFiles
from gateway.services.messages.messages_csv import MessagesCsv
from gateway.services.messages.searches import MessageSearch
from gateway.services.people.imports import ContactImports
from gateway.services.people.people import People
from gateway.services.schedules.schedules import Schedules
from gateway.services.sending.holds import SendingHolds
from gateway.terminal.desk import Desk

if TYPE_CHECKING:
    from gateway.simnet import Network


@dataclass(slots=True)
class Box:
    config: Config
    clock: Clock
    events: Events
    messaging: Messages
    status: StatusReader
    accounts: Accounts
    options: ConnectionOptions | None = None  # what a person decides for a connection
    ussd: UssdDialogues | None = None
    credit: CreditChecks | None = None
    health: HealthWatch | None = None  # what is wrong with the box
    lighting: LightDisplay | None = None  # what its light says
    keeping: Keeping | None = None  # backups, how long messages stay
    desk: Desk | None = None  # for commands that an expert types
    phone: Network | None = None  # the pretend carrier, in simulation only
    work: LongWork | None = None  # what takes longer than a page can wait
    timekeeping: Timekeeper | None = None  # whether the clock is right
    hold: Callable[[], str] = str  # why nothing is sent by the clock; "" = it is trusted
    poke_activities: Callable[[], None] = lambda: None  # there is something for them to do

    @property
    def preferences(self) -> Preferences:
        return Preferences(self.events, self.config.country)

    @property
    def interactions(self) -> BulkActions:
        return BulkActions(self.clock, self.events, self.work)

    @property
    def messages_csv(self) -> MessagesCsv:
        return MessagesCsv(self.people.names, self.preferences.zone)

    @property
    def files(self) -> ExportFiles:
        return ExportFiles(self.config.data, self.messages_csv)

    @property
    def searching(self) -> MessageSearch:
        return MessageSearch(self.preferences.country, self.preferences.zone)

    @property
    def scheduling(self) -> Schedules:
        return Schedules(self.clock, self.events, self.messaging, self.preferences, self.hold)

    @property
    def people(self) -> People:
        return People(self.clock, self.events, self.preferences.country)

    @property
    def activities(self) -> Activities:
        return Activities(self.clock, self.events, self.preferences, self.poke_activities)

    @property
    def registering(self) -> WebhookRegistration:
        return WebhookRegistration(self.activities)

    @property
    def importing(self) -> ContactImports:
        return ContactImports(self.clock, self.events, self.preferences.country, self.work)

    @property
    def users(self) -> Users:
        return Users(self.clock, self.accounts.forget)

    @property
    def programs(self) -> Tokens:
        return Tokens(self.clock)

    @property
    def rules(self) -> Rules:
        return Rules(self.clock, self.events, self.preferences.country)

    @property
    def connections(self) -> Connections:
        holds = self.options.holds if self.options else SendingHolds(self.clock)
        credit = self.credit.status if self.credit else kept_status
        return Connections(self.status, holds, self.clock, self.preferences.zone, credit)

    @property
    def sending(self) -> BoxLimits:
        return BoxLimits(self.clock, self.events)

    @property
    def sims(self) -> ConnectionRemoval:
        return ConnectionRemoval(self.status, self.clock, self.events)
