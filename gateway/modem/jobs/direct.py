"""What the modem hands over without storing it (+CMT, +CDS): kept, and only then acknowledged.

With AT+CSMS=1 the network keeps what was not acknowledged. A modem that waited in vain for +CNMA
switches handing over off by itself, <mt> and <ds> of +CNMI become 0 (27.005 3.4.4), and has to be
told anew.
"""

from __future__ import annotations

from gateway.at import Result, commands
from gateway.modem.jobs import news
from gateway.modem.jobs.base import Context, Job, ask, ask_fields

OLD_CNMA = 30.0  # seconds after which a modem has given up waiting for an old +CNMA
RENEW = 3.0  # seconds between looks whether it has
NOT_EXPECTED = 340  # CMS: nothing waits to be acknowledged, or not any more


def keep_heard(context: Context) -> Job[None]:
    """Keep all that was handed over so far, then tell the network that we have it."""
    while context.heard:
        connection_id, _ = context.heard[0]
        pdus = [pdu for of, pdu in context.heard if of == connection_id]
        context.ledger.keep(connection_id or context.connection_id, pdus)
        left = [one for one in context.heard if one[0] != connection_id]
        context.heard.clear()
        context.heard.extend(left)
        yield from _acknowledge(context, len(pdus))


def _acknowledge(context: Context, count: int) -> Job[None]:
    if not context.direct:
        return
    for _ in range(count):
        result = yield from _cnma()
        if result.ok:
            context.refused_cnma = 0
            continue
        known = result.kind == "TIMEOUT" or result.code == NOT_EXPECTED
        context.refused_cnma += not known
        if news.in_vain(context):  # it does not know +CNMA at all
            yield from news.choose(context)
            return
        yield from renew(context)


def refuse_damaged(context: Context) -> Job[None]:
    """A report of which characters are missing settles nothing; the network is to bring it again,
    before the modem has waited in vain and hands over no more.
    """
    if context.direct:
        yield from ask(commands.cnma_refuse())


def _cnma() -> Job[Result]:
    """In the form that the modem wants."""
    result = (yield from ask(commands.cnma())).result
    if not result.ok and result.kind != "TIMEOUT" and result.code != NOT_EXPECTED:
        result = (yield from ask(commands.cnma_bare())).result
    return result


def may_be_cut_off(context: Context, age: float) -> bool:
    """Whether a modem may still wait for a +CNMA of before its SIM came into service `age` seconds
    ago, and then hand over no more.
    """
    return context.direct and age < OLD_CNMA


def renew(context: Context) -> Job[bool]:
    """Switch handing over on again where the modem has switched it off. Whether it had."""
    if not context.direct or not (yield from _is_off(context)):
        return False
    yield from ask(commands.cnmi(context.news))
    return True


def _is_off(context: Context) -> Job[bool]:
    """Whether only <mt> and <ds> are different; after a restart the service is too."""
    told, wanted = (yield from ask_fields("AT+CNMI?", "+CNMI:")), context.news.split(",")
    if len(told) < len(wanted) or told[0] != wanted[0] or (told[1], told[3]) != ("0", "0"):
        return False
    service = yield from ask_fields("AT+CSMS?", "+CSMS:")
    return service[:1] == ["1"]
