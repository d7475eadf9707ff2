"""The routing rules, as page, API and command line list and change them.

Nothing in here changes an order by itself: a new SIM is used by "any that is free" and named by no
rule until a person names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.decisions.routing import Rule, RuleKind, covers, place_for
from gateway.events import ConnectionChanged, Events, Queued
from gateway.services.people.numbers import BadNumber, beginning, display
from gateway.store.connections import connections, rules
from gateway.store.connections.rules import StoredRule
from gateway.store.file import audit, database
from gateway.store.messages import outbox
from gateway.store.people import groups
from gateway.text.refusal import FieldError, Refused

MOST = 100
DEFAULT = (Rule(RuleKind.LAST_RECEIVED), Rule(RuleKind.ANY))
NAMES_A_CONNECTION = (RuleKind.PREFIX, RuleKind.GROUP, RuleKind.CONNECTION)
GONE = "This rule is not there any more: somebody has deleted it."
CHANGED = "The rules were changed by somebody else meanwhile; look at them again."
NO_RULES = (
    "There is no routing rule that is switched on: a message for which no connection is chosen"
    " fails. Add a rule, or go back to the usual ones."
)


@dataclass(frozen=True, slots=True)
class TypedRule:
    """A rule as written, not yet checked. Ids are texts, as forms and programs bring them."""

    kind: str = ""
    prefix: str = ""
    group: str = ""
    connection: str = ""


@dataclass(frozen=True, slots=True)
class RuleDescription:
    """A rule as people read it."""

    id: int
    position: int
    rule: Rule
    enabled: bool
    what: str  # "Numbers starting with"
    subject: str  # "+254"; "" where `what` says it all
    through: str  # name of the connection; "" where `what` says it
    trouble: str  # why it can do nothing as it is

    @property
    def words(self) -> str:
        through = f"through {self.through}" if self.through else ""
        return " ".join(filter(None, (self.what, self.subject, through)))


class Rules:
    """Stateless but for its settings; safe to use from any thread with a database connection."""

    def __init__(self, clock: Clock, events: Events, country: Callable[[], str]) -> None:
        self._clock = clock
        self._events = events
        self._country = country

    # reading ----------------------------------------------------------------------------------

    def listed(self) -> list[RuleDescription]:
        names = {c.connection_id: c.name for c in connections.all_connections()}
        named = {str(g.id): g.name for g in groups.groups()}
        known = rules.all_rules()
        return [_description(found, names, named, _above(found, known)) for found in known]

    def get(self, rule_id: int) -> RuleDescription | None:
        return next((found for found in self.listed() if found.id == rule_id), None)

    @property
    def untouched(self) -> bool:
        """Whether they are the ones that a new box has."""
        return _are_default(rules.all_rules())

    def warning(self) -> str:
        """Why messages without a chosen connection fail; "" when they do not."""
        return "" if rules.enabled() else NO_RULES

    def left_out(self) -> list[str]:
        """Names of connections that no rule leads to: used only where somebody chooses them."""
        known = rules.enabled()
        if not known or any(rule.kind is RuleKind.ANY for rule in known):
            return []
        led_to = {rule.connection_id for rule in known}
        return [c.name for c in connections.all_connections() if c.connection_id not in led_to]

    # changing: each raises Refused, StoreError ------------------------------------------------

    def add(self, typed: TypedRule, who: str, place: int | None = None) -> int:
        """Put a rule at this place (from 1), or where it suits best. Returns its id."""
        known = rules.all_rules()
        rule = self._checked(typed, known)
        if len(known) >= MOST:
            raise Refused([FieldError("kind", f"At most {MOST} rules are possible.")])
        best = place_for(rule, [found.rule for found in known])
        with self._changing():
            rule_id = rules.add(rule, best if place is None else place - 1)
            self._note(who, f"added {self._words(rule_id)}")
        return rule_id

    def change(self, rule_id: int, typed: TypedRule, who: str) -> None:
        others = [found for found in rules.all_rules() if found.id != rule_id]
        checked = self._checked(typed, others)
        with self._changing():
            if not rules.change(rule_id, checked):
                raise Refused([FieldError("rule", GONE)])
            self._note(who, f"changed to {self._words(rule_id)}")

    def switch(self, rule_id: int, who: str, *, on: bool) -> None:
        with self._changing():
            if not rules.switch(rule_id, on=on):
                raise Refused([FieldError("rule", GONE)])
            self._note(who, f"switched {'on' if on else 'off'} {self._words(rule_id)}")

    def move(self, rule_id: int, by: int, who: str) -> int:
        """Up (-1) or down (1) by so many places, as far as there are any. Returns its new place."""
        ids = [found.id for found in rules.all_rules()]
        if rule_id not in ids:
            raise Refused([FieldError("rule", GONE)])
        place = ids.index(rule_id)
        ids.remove(rule_id)
        new = min(max(0, place + by), len(ids))
        ids.insert(new, rule_id)
        self.order(ids, who)
        return new + 1

    def order(self, rule_ids: Sequence[int], who: str) -> None:
        with self._changing():
            if not rules.order(rule_ids):
                raise Refused([FieldError("rule", CHANGED)])
            self._note(who, "put into another order")

    def delete(self, rule_id: int, who: str) -> None:
        with self._changing():
            words = self._words(rule_id)
            if not rules.delete(rule_id):
                raise Refused([FieldError("rule", GONE)])
            self._note(who, f"deleted {words}")

    def restore_default(self, who: str) -> None:
        """Instead of all others those that a new box has."""
        with self._changing():
            rules.replace_all([(rule, True) for rule in DEFAULT])
            self._note(who, "went back to the usual ones")

    def replace(self, wanted: Sequence[tuple[TypedRule, bool]], who: str) -> None:
        """These, in this order, with whether each is switched on. Fields are named "0.prefix"."""
        errors: list[FieldError] = []
        checked: list[tuple[Rule, bool]] = []
        for place, (typed, on) in enumerate(wanted):
            try:
                earlier = [StoredRule(0, n, rule, True) for n, (rule, _) in enumerate(checked, 1)]
                checked.append((self._checked(typed, earlier), on))
            except Refused as e:
                errors += [FieldError(f"{place}.{found.field}", found.words) for found in e.errors]
        if len(wanted) > MOST:
            errors.append(FieldError("rules", f"At most {MOST} rules are possible."))
        if errors:
            raise Refused(errors)
        with self._changing():
            rules.replace_all(checked)
            self._note(who, f"replaced by {len(checked)}")

    def _note(self, who: str, what: str) -> None:
        audit.write(self._clock.now(), who, "routing rules", what)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change and its row in the audit list, both or neither; then the new rules count."""
        with database.transaction():
            yield
        outbox.hurry(self._clock.now())
        self._events.publish(ConnectionChanged(0))
        self._events.publish(Queued())

    def _words(self, rule_id: int) -> str:
        found = self.get(rule_id)
        return f"“{found.words}”" if found else ""

    # what was typed ---------------------------------------------------------------------------

    def _checked(self, typed: TypedRule, others: Sequence[StoredRule]) -> Rule:
        if typed.kind not in set(RuleKind):
            raise Refused([FieldError("kind", "Choose what the rule is about.")])
        kind = RuleKind(typed.kind)
        errors: list[FieldError] = []
        value = self._value(kind, typed, errors)
        named = kind in NAMES_A_CONNECTION
        connection_id = _connection_id(typed.connection, errors) if named else None
        if errors:
            raise Refused(errors)
        rule = Rule(kind, value, connection_id)
        for found in others:
            if found.rule == rule:
                words = f"This is what rule {found.position} says already."
                raise Refused([FieldError("kind", words)])
        return rule

    def _value(self, kind: RuleKind, typed: TypedRule, errors: list[FieldError]) -> str:
        if kind is RuleKind.PREFIX:
            if not typed.prefix.strip():
                errors.append(FieldError("prefix", "Enter the digits that the numbers begin with."))
                return ""
            begins = beginning(typed.prefix, self._country())
            if isinstance(begins, BadNumber):
                errors.append(FieldError("prefix", f"{begins}."))
                return ""
            return begins
        if kind is RuleKind.GROUP:
            group_id = typed.group.strip()
            if group_id not in {str(g.id) for g in groups.groups()}:
                errors.append(FieldError("group", "Choose a group; they are made under People."))
            return group_id
        return ""


def _connection_id(typed: str, errors: list[FieldError]) -> int | None:
    known = {str(c.connection_id): c.connection_id for c in connections.all_connections()}
    if typed.strip() not in known:
        errors.append(FieldError("connection", "Choose a connection."))
    return known.get(typed.strip())


def _are_default(known: Sequence[StoredRule]) -> bool:
    return [(found.rule, found.enabled) for found in known] == [(r, True) for r in DEFAULT]


def _above(found: StoredRule, known: Sequence[StoredRule]) -> StoredRule | None:
    """The first rule above it behind which it never takes effect."""
    if not found.enabled:
        return None
    earlier = (one for one in known if one.enabled and one.position < found.position)
    return next((one for one in earlier if covers(one.rule, found.rule)), None)


def _never(above: StoredRule) -> str:
    if above.rule.kind is RuleKind.ANY:
        why = f"rule {above.position} above it sends everything through any connection"
    else:
        why = f"rule {above.position} above it sends the same through the same connection"
    return f"It never takes effect: {why}. Move it up, or delete it."


def _description(
    found: StoredRule, names: dict[int, str], named: dict[str, str], above: StoredRule | None
) -> RuleDescription:
    rule, what, subject, trouble = found.rule, "", "", ""
    match rule.kind:
        case RuleKind.LAST_RECEIVED:
            what = "Reply through the connection last received through"
        case RuleKind.ANY:
            what = "Everything through any that is free"
        case RuleKind.CONNECTION:
            what = "Everything"
        case RuleKind.PREFIX:
            short = not rule.value.startswith("+")
            what = "Short codes starting with" if short else "Numbers starting with"
            subject = display(rule.value)
        case RuleKind.GROUP:
            what = "Group"
            subject = named.get(rule.value, "")
            if not subject:
                subject, trouble = "(deleted)", "Its group is not there any more."
    if above is not None and not trouble:
        trouble = _never(above)
    through = names.get(rule.connection_id or 0, "") if rule.connection_id else ""
    return RuleDescription(
        found.id, found.position, rule, found.enabled, what, subject, through, trouble
    )
