"""The service is killed at every step of sending and receiving, and started again."""

from __future__ import annotations

import ast
import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.simnet import Network
from gateway.steps import ACTIVITY_STEPS, SCHEDULE_STEPS, STEPS
from tests.support.box import RunningBox, eventually

PHONE = "+254799000001"
LONG = "The water in tank 3 stands at 40 % and the pump runs. " * 3 + "All is well."  # 2 parts
TEXTS = (LONG, "short", LONG)
AGAIN = ("submitted on disk", "accepted on disk")  # with the second part of a long message, too
# At these the modem's thread has nothing under way of which the network may or may not know.
SURE = ("prompt seen", "accepted on disk")


@pytest.fixture
def box(network: Network, tmp_path: Path) -> Iterator[RunningBox]:
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port], module="tests.support.hurry") as running:
        yield running


@pytest.mark.parametrize(
    ("step", "nth"), [(s, 1) for s in STEPS] + [(s, 2) for s in AGAIN], ids=str
)
def test_killed_at_a_step_nothing_is_lost_or_doubled_and_what_is_shown_is_true(
    step: str, nth: int, box: RunningBox, network: Network
):
    (modem,) = network.modems
    box.start(PIGEONBOX_DIE_AT=f"{step}:{nth}")
    for n in range(3):
        network.phone_send(PHONE, modem.number, f"in {n}")
    sent = [f"message-{n}" for n in range(3)]
    for n, text in enumerate(TEXTS):
        with contextlib.suppress(OSError, AssertionError):  # it may die before it has answered
            box.send(text, f"+25479900001{n}", id=sent[n])
    assert box.process
    assert box.process.wait(20) == -9, "it never came to that step"
    network.phone_send(PHONE, modem.number, "while it was dead")
    box.start().wait_for_modems(1)
    for n, text in enumerate(TEXTS):
        if box.get(f"/api/v1/messages/{sent[n]}")[0] == 404:
            box.send(text, f"+25479900001{n}", id=sent[n])
    eventually(lambda: len(box.inbox()) >= 4)
    eventually(lambda: all(box.state(i) in ("Sent", "Delivered", "Uncertain") for i in sent))
    states = [box.state(i) for i in sent]
    # One at a time is under way; a report settles it if the modem had somebody to give it to.
    assert states.count("Uncertain") <= (step not in SURE), states
    for n, (state, text) in enumerate(zip(states, TEXTS, strict=True)):
        number = f"+25479900001{n}"
        parts = Counter(p.user_data.concat.seq for p in network.parts(number) if p.user_data.concat)
        assert not [seq for seq, times in parts.items() if times > 1], "a part went out twice"
        if state != "Uncertain":
            assert network.texts(number) == [text]
    assert sorted(m["contentPreview"] for m in box.inbox()) == [
        "in 0", "in 1", "in 2", "while it was dead",
    ]  # fmt: skip
    eventually(lambda: not any(m.used for m in modem.memories.values()))


@pytest.mark.parametrize("step", SCHEDULE_STEPS)
def test_killed_at_a_step_of_sending_later_each_turn_is_sent_once(
    step: str, box: RunningBox, network: Network
):
    number = "+254799000019"
    box.start(PIGEONBOX_DIE_AT=step)
    at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    box.send("later", number, id="later", scheduleAt=at)
    assert box.process
    assert box.process.wait(20) == -9, "it never came to that step"
    box.start().wait_for_modems(1)
    box.wait_for("later", "Sent", "Delivered")
    assert network.texts(number) == ["later"]
    assert "Nothing is scheduled" in box.command("scheduled", "list").stdout


def test_the_steps_are_those_that_the_code_calls():
    called = set()
    for path in (Path(__file__).resolve().parents[2] / "gateway").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and "step" in (
                getattr(call.func, "id", ""),
                getattr(call.func, "attr", ""),
            ):
                called |= {n.value for n in ast.walk(call) if isinstance(n, ast.Constant)}
    # "report" is a kind of PDU, in a comparison
    assert called - {"report"} == {*STEPS, *SCHEDULE_STEPS, *ACTIVITY_STEPS}
