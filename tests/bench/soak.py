"""Hours of mixed traffic through random faults and kills: `./install.sh bench soak --minutes N`.

The figure of 10,000 messages each way and 200 kills:
`./install.sh bench soak --rounds 10 --size 1000 --kills 21`.

Modems of every kind, the service as a process of its own (with shorter patience, so that an hour
holds many faults), messages both ways. In rounds: traffic with faults and kills, then calm, then
everything of the round is compared with what the network has. One JSON line a round; exit code 1
when anything was lost, doubled or said wrongly.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from gateway.simnet import Network
from hw.simulator import PERSONALITIES, Faults, SimulatedModem
from tests.bench.idle import resident_mib
from tests.support.box import RunningBox

FAULTS: tuple[dict[str, object], ...] = (
    {"echo_stays": True},
    {"double_echo": True, "echo_stays": True},
    {"split": 3},
    {"noise": 0.3},
    {"delay": 0.03},
    {"flood": 0.02},
    {"silent": True},
    {"late_ok": 2, "late_by": 1.2},
    {"no_answer": 1},
    {"starting": 3, "starting_with": "CME 14"},
    {"starting": 3, "starting_with": "CMS 515"},
    {"no_prompt": 1},
    *({"refuse": 1, "refuse_with": w} for w in ("CMS 38", "CMS 500", "CME 100", "CMS", "ERROR")),
    {"lost_cmgs": 1},
    {"lost_ok": 1},
    {"late_cmgs": 1, "late_by": 3.0},
    *({"late_cmgs": 2, "late_by": 1.5, "busy": busy} for busy in ("keeps", "drops", "refuses")),
    {"lose": 0.003},
    {"report_before_ok": 3},
    {"urc_in_prompt": 3},
    *(
        {"strike": 1, "strike_at": at, "strike_with": blow}
        for at in ("before_prompt", "after_prompt", "after_ctrl_z", "after_accept", "before_ok")
        for blow in ("reboot", "unplug", "silence")
    ),
    {"sim_missing": True},
    {"registration": 2},
    {"registration": 3},
    {"storage_full": True},
    {"lose_cmti": 3},
    {"cmti_memory": "ME"},
    {"duplicate": 3},
    {"reorder": 2},
    {"delete_fails": 5},
)
LASTS = (0.3, 4.0)  # seconds until a fault is over, at least and at most
START = 120.0  # seconds that a start may take on a busy machine; how long it took is told
QUIET = 90.0  # seconds after a round until everything has to be over
LONG = "The water in tank {0} stands at 40 %, the pump runs and the pressure is good. " * 3
OVER = ("Sent", "Delivered", "Failed", "Uncertain")


def mend(modem: SimulatedModem) -> None:
    """End every fault. A blow that just falls may still silence it, so that is waited for first."""
    plain = Faults()
    modem.faults.strike = plain.strike
    modem.replug()
    for switches in FAULTS:
        for name in switches:
            setattr(modem.faults, name, getattr(plain, name))
    modem.settle()


@dataclass
class Tally:
    """What a round, or all of them, came to."""

    out: int = 0
    incoming: int = 0
    kills: int = 0
    faults: int = 0
    lost: int = 0  # accepted by the box or its modem, and gone; nobody was told
    doubled: int = 0  # out twice, or shown twice
    wrong: int = 0  # the page says what is not so, or a message got stuck
    uncertain: int = 0
    failed: int = 0
    slowest_start: float = 0.0  # seconds
    complaints: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)

    def add(self, other: Tally) -> None:
        slowest = max(self.slowest_start, other.slowest_start)
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        self.slowest_start = slowest

    def complain(self, kind: str, words: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        self.complaints.append(f"{kind}: {words}")


class Soak:
    """Owns network, service and dice."""

    def __init__(self, folder: Path, seed: int, size: int, kills: int) -> None:
        self._dice = Random(seed)
        self._size, self._kills = size, kills
        self.network = Network()
        self._modems = [
            self.network.add_modem(personality=row, link=folder / name)
            for name, row in PERSONALITIES.items()
        ]
        ports = [str(folder / name) for name in PERSONALITIES]
        self.box = RunningBox(folder, ports=ports, module="tests.support.hurry")
        self.box.patience = START
        self._round = 0
        self._ends: deque[tuple[float, SimulatedModem]] = deque()

    @contextlib.contextmanager
    def running(self) -> Iterator[Soak]:
        with self.network, self.box:
            self.box.start().wait_for_modems(len(self._modems))
            yield self

    def round(self) -> Tally:
        """Traffic, faults and kills; then calm, and the comparison."""
        self._round += 1
        tally = Tally()
        outs: dict[str, tuple[str, str]] = {}  # id -> number, text
        ins: set[tuple[str, str]] = set()
        for n in range(self._size):
            key = f"{self._round}-{n}"
            number = f"+2547{self._round % 1000:03d}{n:05d}"
            long = LONG.format(key).strip() if self._dice.random() < 0.2 else ""
            outs[key] = (number, long or f"out {key}")
            self._post(key, *outs[key])
            one = (f"+2541{self._round % 1000:03d}{n:05d}", long or f"in {key}")
            ins.add(one)
            self.network.phone_send(one[0], self._dice.choice(self._modems).number, one[1])
            self._end_faults(time.monotonic())
            if self._dice.random() < 0.15:
                tally.faults += 1
                self._strike()
            if self._dice.random() < self._kills / self._size:
                tally.kills += 1
                self._restart(tally)
        self._calm()
        tally.out, tally.incoming = len(outs), len(ins)
        self._compare(tally, outs, ins)
        self.network.sent.clear()
        return tally

    def _restart(self, tally: Tally) -> None:
        self.box.kill()
        began = time.monotonic()
        try:
            self.box.start()
        except AssertionError:
            print("\n".join(self.box.output[-60:]), flush=True)
            raise
        tally.slowest_start = max(tally.slowest_start, round(time.monotonic() - began, 1))

    def _post(self, key: str, number: str, text: str) -> None:
        body = {"id": key, "textMessage": {"text": text}, "phoneNumbers": [number]}
        body["withDeliveryReport"] = self._dice.random() < 0.7
        status, _, answer = self.box.request("POST", "/api/v1/messages", body)
        assert status == 202, (status, answer)

    # faults -----------------------------------------------------------------------------------

    def _strike(self) -> None:
        modem = self._dice.choice(self._modems)
        switches = self._dice.choice(FAULTS)
        for name in sorted(switches, key=lambda name: name == "strike"):
            setattr(modem.faults, name, switches[name])
        self._ends.append((time.monotonic() + self._dice.uniform(*LASTS), modem))

    def _end_faults(self, now: float) -> None:
        for _ in range(len(self._ends)):
            due, modem = self._ends.popleft()
            if due > now:
                self._ends.append((due, modem))
            else:
                mend(modem)

    def _calm(self) -> None:
        self._ends.clear()
        for modem in self._modems:
            mend(modem)

    # comparing --------------------------------------------------------------------------------

    def _compare(
        self, tally: Tally, outs: Mapping[str, tuple[str, str]], ins: set[tuple[str, str]]
    ) -> None:
        ends = time.monotonic() + QUIET
        open_ids = set(outs)
        states: dict[str, str] = {}
        while True:
            for key in sorted(open_ids):
                states[key] = self.box.state(key)
            open_ids = {k for k in open_ids if states[k] not in OVER}
            there = self._received()
            if not open_ids and not ins - set(there):
                break
            if time.monotonic() > ends:
                tally.complaints += self._explain()
                break
            time.sleep(0.2)
        states = {key: self.box.state(key) for key in outs}  # what was in doubt may be settled
        taken = self._taken()
        for key, (number, text) in outs.items():
            self._judge(tally, states[key], number, text, taken.get(number, Counter()))
        for one, times in there.items():
            if times > 1:
                tally.complain("doubled", f"in {one}")
        for one in ins - set(there):
            tally.complain("lost", f"in {one}")

    def _judge(self, tally: Tally, state: str, number: str, text: str, taken: Counter[int]) -> None:
        whole = self.network.texts(number) == [text]
        words = f"{text[:40]} to {number}: {state}, the network has {dict(taken)}"
        tally.uncertain += state == "Uncertain"
        tally.failed += state == "Failed"
        if any(times > 1 for times in taken.values()):
            tally.complain("doubled", words)
        elif state in ("Sent", "Delivered") and not whole:
            tally.complain("lost", words)
        elif state not in OVER or (state == "Failed" and whole):
            tally.complain("wrong", words)

    def _taken(self) -> dict[str, Counter[int]]:
        found: dict[str, Counter[int]] = {}
        for sent in list(self.network.sent):
            if sent.refused is None:
                concat = sent.submit.user_data.concat
                found.setdefault(sent.recipient, Counter())[concat.seq if concat else 1] += 1
        return found

    def _received(self) -> Counter[tuple[str, str]]:
        """What the inbox shows of this round."""
        prefix = f"+2541{self._round % 1000:03d}"
        found: Counter[tuple[str, str]] = Counter()
        for offset in range(0, 2 * self._size + 1, 500):
            _, page = self.box.get(f"/api/v1/inbox?limit=500&offset={offset}")
            mine = [m for m in page if m["sender"].startswith(prefix)]
            found.update((m["sender"], m["contentPreview"]) for m in mine)
        return found

    def _explain(self) -> list[str]:
        """What modems and box look like when something does not come to its end."""
        seen = [
            f"{m.port}: plugged in {m.plugged_in}, the network holds {m.held}, stored "
            f"{[(x.name, x.used) for x in m.memories.values()]}, told {m.heard[-3:]}"
            for m in self._modems
        ]
        return [*seen, self.box.command("modems").stdout, *self.box.output[-20:]]

    def memory(self) -> dict[str, float]:
        assert self.box.process
        pid = self.box.process.pid
        return {
            "memory_mib": round(resident_mib(pid), 1),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": len(os.listdir(f"/proc/{pid}/task")),
        }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./install.sh bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, help="so many, whatever time they take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=200, help="messages each way in a round")
    parser.add_argument("--kills", type=float, default=4, help="kills of the service in a round")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the service must not outlive us
    began = time.monotonic()
    total = Tally()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        soak = stack.enter_context(Soak(folder, chosen.seed, chosen.size, chosen.kills).running())
        rounds = 0
        while (
            rounds < chosen.rounds
            if chosen.rounds
            else time.monotonic() - began < chosen.minutes * 60
        ):
            tally = soak.round()
            total.add(tally)
            rounds += 1
            seconds = round(time.monotonic() - began, 1)
            print(json.dumps({"seconds": seconds} | asdict(tally) | soak.memory()), flush=True)
    total.complaints.clear()
    figures = {k: v for k, v in asdict(total).items() if k != "complaints"}
    print(json.dumps({"name": "soak", "seed": chosen.seed, "good": total.good} | figures))
    return 0 if total.good else 1
