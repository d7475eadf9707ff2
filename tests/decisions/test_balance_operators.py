"""Balances as operators all over the world write them: read right, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions import balance
from gateway.decisions.balance import Balance

READ = [
    # no blank before the number, or several
    ("Kontostand:12,34 EUR", "12.34", "EUR"),
    ("Balance:5.00 USD", "5.00", "USD"),
    ("Bal:12.34KSH,Exp:12/12/26", "12.34", "KES"),
    ("Bal=5.00 USD", "5.00", "USD"),
    ("Stan konta:  83.26  zl (w tym promocyjne: 5.01 zl)", "83.26", "PLN"),
    ("Saldo:\t 7,85\u00a0\u00a0€", "7.85", "EUR"),
    ("Credit:5,20EUR.Valabil pana la 15.12.2026", "5.20", "EUR"),
    ("Ваш баланс:123.45руб.", "123.45", "RUB"),
    ("رصيدك هو 12.50 ر.س", "12.50", "SAR"),
    ("موجودی: 12,500 تومان", "12500", "تومان"),  # ten rials each
    ("残高 1,234円", "1234", "JPY"),
    ("余额：￥12.34", "12.34", "￥"),
    ("ยอดเงิน12.50บ. ใช้ได้ถึง 12/12", "12.50", "THB"),
    ("आपका बैलेंस Rs 12.50 है", "12.50", "Rs"),
    ("ნაშთი: 5.20 ლარი", "5.20", "GEL"),
    ("Baki: RM12.34", "12.34", "MYR"),
    ("Regular load: P 10.00", "10.00", "P"),
    ("Pay As You Go credit: £5.10", "5.10", "GBP"),
    ("Last payment received KES 100. Balance KES 5.00", "5.00", "KES"),
    # scripts without blanks
    ("您的账户余额35.60元,有效期至2027年1月1日", "35.60", "元"),
    ("尊敬的客户,您的余额为35.60元。", "35.60", "元"),
    ("ยอดเงินคงเหลือ45.50บาทใช้ได้ถึง12/12/2569", "45.50", "THB"),
    ("رصيدك12.50جنيه", "12.50", "EGP"),
    ("رصيدك الحالي هو 12.500 د.ك صالح حتى 12/12/2026", "12.500", "KWD"),
    ("잔액:5,000원", "5000", "KRW"),
    # words about money in Latin transcription, or letters that only look Latin or Cyrillic
    ("OCTATOK 187.24 p.", "187.24", "RUB"),
    ("OCTATOK: -15.60 p", "-15.60", "RUB"),
    ("Vash balans 968.98 r.\nDlya vas - nedelya besplatnogo SMS-obsh'eniya", "968.98", "RUB"),
    ("Balans:12,34r.", "12.34", "RUB"),
    ("Бaлaнс: 45.00 pуб.", "45.00", "RUB"),
    ("Na rahunku 87.00 grn. Diie do 12.01.2027", "87.00", "UAH"),
    ("Na Vashem schetu 55.10 rub", "55.10", "RUB"),
    ("baghimande etebare asli 16764 Rial ast", "16764", "IRR"),
    ("TK goc la 12d. De biet cac CT dac biet cua Quy khach, bam goi *098#.", "12", "VND"),
    ("TKG: 25.000d, HSD 12/12/2026", "25000", "VND"),
    # the smaller coins by themselves
    ("Баланс 123 руб. 45 коп.", "123.45", "RUB"),
    ("Your balance is 5 EUR 30 cents", "5.30", "EUR"),
    ("Your balance is Rs 12 50 paise", "12.50", "Rs"),
    ("Kontostand: 0,850 EUR", "0.850", "EUR"),
    ("Balance: 0.75 GBP", "0.75", "GBP"),
    # letters that are a currency where money is meant
    ("Airtime Bal: R5.00 exp 12/12/26", "5.00", "ZAR"),
    ("Balance: R5", "5", "ZAR"),
    ("Your balance is N12.34", "12.34", "NGN"),
    ("Your main balance is GH¢12.34.", "12.34", "GHS"),
    ("Your load balance is P25.00 valid until 12/12/26", "25.00", "P"),
    ("Your Balance:12.34TK. Valid till 31/12/26", "12.34", "BDT"),
    ("Balance: K 45.50", "45.50", "ZMW"),
    # several amounts
    ("Airtime Bal: KSh 50.00, Bonus: KSh 10.00", "50.00", "KES"),
    ("Main: KSh 50.00, Bonus: KSh 10.00, Total balance: KSh 60.00", "60.00", "KES"),
    ("Balance: 12.00 EUR incl. 2.00 EUR bonus", "12.00", "EUR"),
    ("Na koncie masz 12,34 zl, w tym 5,00 zl z promocji", "12.34", "PLN"),
    ("Баланс 100.00 руб., в т.ч. бонусы 20.00 руб.", "100.00", "RUB"),
    ("Solde: 12,30 EUR dont 2,30 EUR offerts", "12.30", "EUR"),
    ("Hazineye akherin tamas 160 Rial ,va baghimande etebare asli 16764 Rial ast.", "16764", "IRR"),
    ("Your account balance is 49.10 USD and will expire on 04/03/16.", "49.10", "USD"),
    (
        "Sur votre compte principal, votre credit est de 410.00 francs valables jusqu au 3/01",
        "410.00",
        "francs",
    ),
    ("MainBal:NGN12.34,BonusBal:NGN3.00", "12.34", "NGN"),
    ("Roaming balance 5.00 EUR. Main balance 3.00 EUR", "3.00", "EUR"),
    ("Your balance is low: KSh 3.20. Recharge KSh 100 now", "3.20", "KES"),
    ("Il vous reste 12,30 EUR", "12.30", "EUR"),
]

NOTHING = [
    "Pay 5 USD to 12345",
    "You have received KES 50.00 from 0712345678",
    "Send $5 to your friend",
    "You have been credited with $5.00",
    "Airtime transfer of KES 20 successful",
    "Call rate: KES 4.00",
    "Get 5 EUR extra",
    "You have 30 EUR to pay",
    "Balance due: 30.00 EUR",
    "Rechnung: 30,00 EUR",
    "Montant dû: 30 EUR",
    "Option R2 selected",
    "Option R2 selected. Your balance follows by SMS.",
    "Press 1 for R5 airtime, 2 for R10",
    "You have won R500! Reply YES",
    "Recharge 10 EUR now and get 5 EUR free!",
    "Buy 1GB for 5.00 USD. Dial *100#",
    "1. Bundles 10 EUR\n2. Bundles 20 EUR\n3. Balance",
    "Balance: 12.34",
    "Balance of subscriber 987500025: 1.09 Tariff option Osobyi 245 min 0 sek free",
    "Bonus: 5.00 EUR",
    "Your bonus balance is 5.00 EUR",
    "You owe KSh 50.00",
    "Your loan balance is KSh 50.00",
    "Your debt is 12.50 EUR",
    "Минимальный платеж 50 руб. для подключения",
    "Your plan costs 9.99 EUR a month",
    "You spent 3.20 EUR today",
    "You have 45 min, 5 KM, 3 DA and 2 MT left",
    "Data balance: 500 MB",
    "Your balance is 50p",
    "Last call: 0.30 EUR",
    "Your code is R 1234",
    "Limit 5.00 EUR",
    "Your balance is low. Recharge 10 EUR now",
    "Your data balance is 5.00 EUR worth",
]


@pytest.mark.parametrize(("text", "amount", "currency"), READ)
def test_operators_answers_are_read(text: str, amount: str, currency: str) -> None:
    assert balance.read(text) == Balance(Decimal(amount), currency)


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_certainly_the_balance_is_none(text: str) -> None:
    assert balance.read(text) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Main Bal: N345.60. Bonus: N1,000.00 exp 05/11/2026", "Main Bal"),
        ("Main: KSh 50.00, Bonus: KSh 10.00, Total balance: KSh 60.00", "Total balance"),
        ("Stan konta:  83.26  zl (w tym promocyjne: 5.01 zl)", "Stan konta"),
        ("Balance: 5.00 EUR", ""),  # it is the only one
        ("Balance: 5.00 EUR, balance: 5.00 EUR", ""),  # all say the same
    ],
)
def test_of_several_parts_it_is_said_which_was_taken(text: str, part: str) -> None:
    found = balance.read(text)
    assert found is not None
    assert found.part == part


amounts = st.decimals(0, 99_999, places=2)


@given(
    amounts,
    st.sampled_from(["", " ", "  ", "\t", "\u00a0 "]),
    st.sampled_from([":", ": ", "=", " "]),
)
def test_blanks_change_nothing(amount: Decimal, blanks: str, between: str) -> None:
    assert balance.read(f"Balance{between}{amount}{blanks}EUR") == Balance(amount, "EUR")


@given(amounts, st.sampled_from(["余额", "ยอดเงิน", "رصيدك"]), st.sampled_from(["EUR", "元", "บาท"]))
def test_scripts_without_blanks_are_read(amount: Decimal, word: str, sign: str) -> None:
    assert balance.read(f"{word}{amount}{sign}") == Balance(amount, balance.currency(sign))


@given(
    st.text("abcdefghijklmnopqrstuvwxyz ", max_size=30),
    st.integers(0, 999),
    st.sampled_from("RNKQLPF"),
)
def test_one_letter_is_no_money_where_nothing_else_says_so(
    before: str, number: int, sign: str
) -> None:
    words = {"bal", "sold", "stan", "stav", "tkc", "saldo"}
    if words & set(before.split()):
        return
    assert balance.read(f"{before} {sign}{number} selected") is None


@given(amounts, amounts)
def test_a_part_of_the_balance_is_never_taken_for_all_of_it(whole: Decimal, part: Decimal) -> None:
    for words in ("incl.", "w tym", "davon", "dont", "в т.ч."):
        text = f"Balance: {whole} EUR ({words} bonus {part} EUR)"
        assert balance.read(text) == Balance(whole, "EUR")
