"""Every fault switch alone, on a modem of every kind at once, against one set of assertions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.simnet import Network
from hw.simulator import ALWAYS, Faults
from hw.simulator.faults import SWITCHES
from tests.faults.world import World, world

BACK = 40.0  # seconds from the end of a fault until a modem has to send and receive again, at most


@dataclass(frozen=True, slots=True)
class Case:
    """`switches` are set before the traffic begins."""

    name: str
    switches: Mapping[str, object] = field(default_factory=dict)
    shown: tuple[str, ...] = ()  # the page says one of these while it lasts; then it is ended
    silence: bool = False  # the page says that it is being recovered; then it speaks again
    unplugged: bool = False  # it vanishes, and somebody plugs it in again
    doubt: int = 0  # messages per modem that may be called uncertain
    fails: bool = False  # messages may fail
    lost_reports: bool = False  # the fault may swallow delivery reports
    lost: int = 0  # messages per modem that never reach it
    with_report: bool = True
    ends: tuple[str, ...] = ()  # switches turned off once everybody has felt them


LINE = (
    Case("echo stays", {"echo_stays": True}),
    Case("every echo twice", {"echo_stays": True, "double_echo": True}),
    Case("answers in pieces", {"split": 3}),
    Case("noise before answers", {"noise": 0.3}, lost_reports=True),
    Case("slow answers", {"delay": 0.05}),
    Case("a flood", {"flood": 0.01}),
    Case("silent for a while", {"silent": True}, silence=True),
    Case("late OKs", {"late_ok": 2, "late_by": 1.2}, doubt=1),
    Case("OKs that are a little late", {"late_ok": 20, "late_by": 0.1}),
    Case("commands without answer", {"no_answer": 2}, doubt=1),
    Case("no +CNMI", {"refuse_command": "+CNMI"}),
    Case("no +CSQ", {"refuse_command": "+CSQ"}),
    Case("no +COPS", {"refuse_command": "+COPS"}),
    Case("no +CREG", {"refuse_command": "+CREG"}),
    Case("starting, CME 14", {"starting": 4, "starting_with": "CME 14"}),
    Case("starting, CMS 515", {"starting": 4, "starting_with": "CMS 515"}),
    Case("starting, ERROR", {"starting": 4, "starting_with": "ERROR"}),
)
NONSENSE = "CMS 321, CMS 340, CME 21, CME 22"
FINAL = "CMS 517, CMS 96, CMS 321, CMS 69, CME 22"
PAST = "OK, +CMS ERROR: 321, +CME ERROR: 22, +CMS ERROR: 340"
STRAY = ("OK", "ERROR", "+CMGS: 9")
SENDING = (
    Case("no prompt", {"no_prompt": 1}),
    *(
        Case(f"refused with {code}", {"refuse": 1, "refuse_with": code})
        for code in ("CMS 38", "CMS 42", "CMS 500", "CMS 512", "CME 100", "CMS", "ERROR")
    ),
    # Of codes that speak of something else, none ends a message or passes for an acceptance.
    Case("refused with what fits none", {"refuse": 4, "refuse_with": NONSENSE}),
    Case("refused before the prompt", {"refuse_prompt": 5, "refuse_prompt_with": FINAL}),
    Case("an outage", {"refuse": 6, "refuse_with": "CMS 38"}),
    Case("stray results after the PDU", {"stray_after": 4, "stray_with": PAST}),
    *(Case(f"stray {said} before the prompt", {"stray": 2, "stray_with": said}) for said in STRAY),
    Case("+CMGS lost", {"lost_cmgs": 1}),
    Case("+CMGS lost, no report", {"lost_cmgs": 1}, doubt=1, with_report=False),
    Case("OK lost", {"lost_ok": 1}),
    Case("+CMGS late", {"late_cmgs": 1, "late_by": 3.0}),
    Case("+CMGS late, no report", {"late_cmgs": 1, "late_by": 3.0}, with_report=False),
    Case("+CMGS slow", {"late_cmgs": 2, "late_by": 1.5}),
    Case("+CMGS slow, busy drops", {"late_cmgs": 2, "late_by": 1.5, "busy": "drops"}),
    Case("+CMGS slow, busy refuses", {"late_cmgs": 2, "late_by": 1.5, "busy": "refuses"}),
    Case("+CMGS lost, echo stays", {"lost_cmgs": 1, "echo_stays": True, "double_echo": True}),
    Case("report before OK", {"report_before_ok": 2}),
    Case("RSSI in the prompt", {"urc_in_prompt": 2}),
    Case("RING in the prompt", {"urc_in_prompt": 2, "urc_with": "RING"}),
    Case("+CMTI in the prompt", {"urc_in_prompt": 2, "urc_with": '+CMTI: "SM",-1'}),
)
BLOWS = tuple(
    Case(
        f"{blow} {point}".replace("_", " "),
        {"strike": 1, "strike_at": point, "strike_with": blow},
        silence=blow == "silence",
        unplugged=blow == "unplug",
        doubt=0 if point == "before_prompt" else 1,
        lost_reports=True,  # a modem that restarts has forgotten that we want them
    )
    for blow in ("reboot", "unplug", "silence")
    for point in ("before_prompt", "after_prompt", "after_ctrl_z", "after_accept", "before_ok")
)
NETWORK = (
    Case("SIM gone", {"sim_missing": True}, shown=("sim_missing",)),
    Case("no network", {"registration": 0}, shown=("searching",)),
    Case("searching", {"registration": 2}, shown=("searching",)),
    Case("denied", {"registration": 3}, shown=("denied",)),
    Case("roaming", {"registration": 5}),
    Case("LTE only", {"registration": 0, "eps_registration": 1}),
)
RECEIVING = (
    Case("storage full", {"storage_full": True}, ends=("storage_full",)),
    Case("+CMTI lost", {"lose_cmti": ALWAYS}),
    Case("+CMTI names no memory", {"cmti_memory": "XX"}),
    Case("+CMTI names another memory", {"cmti_memory": "ME"}),
    Case("everything twice", {"duplicate": ALWAYS}),
    Case("lost by the network", {"lose_delivery": 1, "lose_after": 1}, lost=1),
    Case("out of order", {"reorder": 3}),
    Case("deleting fails", {"delete_fails": 2}),
    Case("deleting fails for long", {"delete_fails": 8}),
)
CASES = (*LINE, *SENDING, *BLOWS, *NETWORK, *RECEIVING)
COMPANIONS = {
    "seed", "flood_with", "refuse_with", "refuse_prompt_with", "stray_with", "urc_with", "late_by",
    "ussd_code",
}  # fmt: skip
ELSEWHERE = {
    "ussd_before_ok", "ussd_never", "ussd_error", "ussd_extra",  # tests of service codes
    "lose", "lose_heard",  # test_lossy.py
    "cpms_wants", "full_said",  # ../modem/jobs/test_memories.py
    "mute", "shy", "text_mode",  # test_locked_sim.py, ../modem/test_silent_restart.py
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_fault_loses_nothing_doubles_nothing_and_passes(
    case: Case, tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    with world(tmp_path, network, monkeypatch) as box:
        before = {name: s.recoveries for name, s in box.status().items()}
        switch(box, case.switches)
        traffic(box, case)
        if case.ends:
            assert box.until(lambda: all(m.held for m in box.modems.values())), "nobody felt it"
        if case.shown:
            seen = felt(box, lambda s, name: s.state in case.shown)
        elif case.silence:
            seen = felt(box, lambda s, name: s.recoveries > before[name])
        elif case.unplugged:
            seen = felt(box, lambda s, name: not box.modems[name].plugged_in)
        else:
            seen = set(box.modems)
        assert seen == set(box.modems), f"felt by {sorted(seen)} only"
        if case.shown or case.silence or case.unplugged or case.ends:
            switch(box, calm(case))
            for modem in box.modems.values():
                modem.replug()
        settle(box, case)
        prove_recovery(box, case)


def switch(box: World, switches: Mapping[str, object]) -> None:
    """Companions first: a counter is ready to strike once it is set."""
    order = sorted(switches, key=lambda name: SWITCHES[name] == "int")
    for modem in box.modems.values():
        for name in order:
            setattr(modem.faults, name, switches[name])


def calm(case: Case) -> dict[str, object]:
    plain = Faults()
    return {name: getattr(plain, name) for name in case.switches} | {"silent": False}


def traffic(box: World, case: Case) -> None:
    for name in box.modems:
        box.receive(name, long=True)
        for long in (False, True, False):
            box.send(name, long=long, with_report=case.with_report)
        box.receive(name)
        box.receive(name)


def felt(box: World, sign) -> set[str]:  # type: ignore[no-untyped-def]
    """The modems of which `sign(status, name)` was true at some time."""
    seen: set[str] = set()

    def look() -> bool:
        seen.update(name for name, s in box.status().items() if sign(s, name))
        return len(seen) == len(box.modems)

    box.until(look)
    return seen


def settle(box: World, case: Case) -> None:
    """Everything has come to an end that is allowed."""
    box.until(lambda: box.settled(case.lost_reports) or not_more(box, case))
    allowed = {"doubt": case.doubt, "fails": case.fails, "lost": case.lost}
    assert box.left(BACK, **allowed) == []
    if not case.lost_reports and case.with_report:
        assert [o for o in box.outs if box.state(o) == "sent"] == [], "a report was lost"


def not_more(box: World, case: Case) -> bool:
    """With messages that the network lost, waiting for all of them is in vain."""
    return bool(case.lost) and not box.complaints(doubt=case.doubt, lost=case.lost)


def prove_recovery(box: World, case: Case) -> None:
    """Each modem sends and receives again, by itself."""
    out = {name: box.send(name, with_report=False) for name in box.modems}
    for name in box.modems:
        box.receive(name)
    allowed = {"doubt": case.doubt, "fails": case.fails, "lost": case.lost}
    box.until(lambda: all(box.state(o) == "sent" for o in out.values()), patience=BACK)
    assert {n: str(box.state(o)) for n, o in out.items()} == dict.fromkeys(out, "sent")
    assert box.left(BACK, **allowed) == []


def test_every_switch_is_tried():
    tried = {name for case in CASES for name in case.switches}
    assert set(SWITCHES) - COMPANIONS - ELSEWHERE <= tried
