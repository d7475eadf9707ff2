"""Delivery reports that come while the box is away, on modems that keep them and on one that does
not.
"""

from __future__ import annotations

import json
from typing import Any

from gateway.modem.jobs import news
from hw.simulator import PERSONALITIES
from tests.support.box import RunningBox, eventually
from tests.support.radio import texts_sent

STORED = ("generic", "huawei", "sim7600", "quectel")  # "SR", the SIM, "SR" announced elsewhere
ACKNOWLEDGED = ("sim800", "u-blox")
KEPT = (*STORED, *ACKNOWLEDGED)
LOST = "novatel"


def phone(n: int, kind: str) -> str:
    return f"+2547990{kind}00{n:02d}"


def test_reports_wait_for_the_box_in_the_modem_or_in_the_network(network, tmp_path):
    for name in (*KEPT, LOST):
        network.add_modem(personality=PERSONALITIES[name])
    with RunningBox(tmp_path, ports=[m.port for m in network.modems]) as box:
        box.start().wait_for_modems(len(network.modems))
        places = {c["iccid"]: c["sim_number"] for c in told(box, "connections")}
        out, doubts = {}, {}
        for n, (name, modem) in enumerate(zip((*KEPT, LOST), network.modems, strict=True)):
            assert modem.card
            through = {"simNumber": places[modem.card.iccid]}
            for kind in "12":
                network.switch(phone(n, kind), on=False)
            out[name] = box.send(f"to {name}", phone(n, "1"), **through)
            box.wait_for(out[name], "Sent")
            modem.faults.lost_cmgs = 1
            doubts[name] = box.send(f"again to {name}", phone(n, "2"), **through)
        eventually(lambda: len(texts_sent(network)) == 2 * len(out))
        box.kill()
        for n in range(len(out)):
            for kind in "12":
                network.switch(phone(n, kind), on=True)
        box.start()
        for name in KEPT:
            box.wait_for(out[name], "Delivered")
            box.wait_for(doubts[name], "Delivered")  # a report settles what the kill left open
        assert (box.state(out[LOST]), box.state(doubts[LOST])) == ("Sent", "Uncertain")
        eventually(lambda: not any(m.used for x in network.modems for m in x.memories.values()))
        words = sorted(m["reports"] for m in told(box, "modems"))
        assert words == [*[""] * len(KEPT), news.WORDS[news.ReportRoute.UNKEPT]]


def told(box: RunningBox, what: str) -> Any:
    done = box.command(what, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
