"""Credit in the store: settings, answers, what was sent since."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gateway.store.credit import credit
from gateway.store.credit.credit import CreditCheckInfo, CreditSettings
from tests.store import given

NOW = given.NOW


def test_settings_are_kept_per_connection(store: Path) -> None:
    one, other = given.connection("1"), given.connection("2")
    new = CreditSettings("*100#", r"(\d+)", 12, 50, Decimal("5.00"), Decimal("1.00"))
    credit.put_settings(one, new)
    assert credit.settings_of(one) == new
    assert credit.settings_of(other) == CreditSettings()
    credit.put_settings(one, CreditSettings("*101#"))
    assert credit.all_settings() == {one: CreditSettings("*101#")}


@pytest.mark.parametrize(
    "amount", [None, Decimal("0.00"), Decimal("-12.50"), Decimal("1.234"), Decimal("25000.00")]
)
def test_a_balance_comes_back_as_it_went_in(store: Path, amount: Decimal | None) -> None:
    line = given.connection()
    credit.add(CreditCheckInfo(line, NOW, balance=amount, raw="text", currency="EUR"))
    (found,) = credit.history(line)
    assert found.balance == amount
    assert str(found.balance) == str(amount)


def test_an_answer_without_balance_does_not_hide_the_last_one_that_was_read(store: Path) -> None:
    line = given.connection()
    credit.add(CreditCheckInfo(line, NOW, balance=Decimal(5)))
    credit.add(CreditCheckInfo(line, NOW + 1, raw="Try later", trouble="no balance"))
    credit.add(CreditCheckInfo(line, NOW + 2, kind="topup", raw="Done"))
    last, read = credit.last(line), credit.last_read(line)
    assert last is not None
    assert last.raw == "Try later"
    assert read is not None
    assert read.balance == 5
    assert [c.at for c in credit.history(line)] == [NOW + 2, NOW + 1, NOW]


def test_only_what_the_network_took_since_on_this_connection_counts(store: Path) -> None:
    line, other = given.connection("1"), given.connection("2")
    given.sent(given.dispatch(given.ANN), line, mr=1)
    credit.add(CreditCheckInfo(line, NOW, balance=Decimal(5)))
    check = credit.last(line)
    assert check is not None
    assert credit.sent_since(check) == 0
    given.sent(given.dispatch(given.BOB), line, mr=2)
    given.sent(given.dispatch(given.CAT), other, mr=3)
    given.submitted(given.dispatch(given.ANN), line)
    assert credit.sent_since(check) == 1


def test_old_answers_go_when_there_are_too_many(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit, "KEPT", 3)
    line, other = given.connection("1"), given.connection("2")
    credit.add(CreditCheckInfo(other, NOW))
    for n in range(6):
        credit.add(CreditCheckInfo(line, NOW + n))
    assert [c.at - NOW for c in credit.history(line)] == [5, 4, 3]
    assert len(credit.history(other)) == 1
