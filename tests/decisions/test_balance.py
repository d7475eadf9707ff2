"""The balance reader on what operators really write, and on what must not be taken for money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions import balance
from gateway.decisions.balance import Balance

# Replies that people posted, from public projects' documentation and tests.
REAL = [
    ("Aktuelles Guthaben: 5,12 EUR\nWähl bitte aus:\n1 Aufladen\n2 Optionen", "5.12", "EUR"),
    ("Ihr Guthaben für die Nr.4917612345678 beträgt 5.78 Euro", "5.78", "EUR"),
    ("Ihr Guthaben beträgt CHF 12.34", "12.34", "CHF"),
    ("Your balance is £6.45", "6.45", "GBP"),
    ("Aktualny stan konta dla numeru 48123456789: 1,23 PLN", "1.23", "PLN"),
    ("1.Stan konta glownego: 11.00 zl.", "11.00", "PLN"),
    ("aktualni vyse Vaseho kreditu na cisle 12345678 je 300 Kc", "300", "CZK"),
    ("Pulsa Rp 1234 s.d. 01-01-2022", "1234", "IDR"),
    ("Liittymäsi saldo on 35.95 EUR", "35.95", "EUR"),
    ("Available Balance: R 96.45 .", "96.45", "ZAR"),
    ("Bal:$100.00 *", "100.00", "$"),
    ("Dostupno: 7.31 BYN", "7.31", "BYN"),
    ("Минус: 12.50 руб.", "-12.50", "RUB"),
    ("Kontostand: 3.00 EUR Bitte wählen Sie", "3.00", "EUR"),
    ("Account Balance $4.20. Your plan renews 12/24/2026.", "4.20", "$"),
]

# Our own, in the ways of other operators, countries and languages.
OWN = [
    ("Your account balance is KSh 1,234.50. Expiry 12/12/2026.", "1234.50", "KES"),
    ("Airtime Bal: 50.00 KSH, Bonga points 120. Dial *126#", "50.00", "KES"),
    ("Salio lako ni TSh 2,500. Litaisha 01/02/2027", "2500", "TZS"),
    ("Your balance is UGX 15000 valid until 31-12-2026", "15000", "UGX"),
    ("Main Bal: N345.60. Bonus: N1,000.00 exp 05/11/2026", "345.60", "NGN"),
    ("Acct Bal: GHS 4.75. Promo: GHS 10.00", "4.75", "GHS"),
    ("Dear customer, your main account has Birr 23.45 and expires 2027-01-15", "23.45", "ETB"),
    ("Votre solde est de 1 500 FCFA valable jusqu'au 15/12/2026", "1500", "FCFA"),
    ("Votre crédit : 12,30€ utilisable jusqu'au 01/03/2027 inclus", "12.30", "EUR"),
    ("Tu saldo es de 7,85€. Caduca el 30/11/26", "7.85", "EUR"),
    ("Su saldo actual es de $ 1.234,50 vigente hasta 20/12/2026", "1234.50", "$"),
    ("Tu saldo es S/ 3.50 y vence el 12/12/26", "3.50", "PEN"),
    ("Seu saldo de creditos e de R$ 15,90, valido ate 10/01/27", "15.90", "BRL"),
    ("O seu saldo e de 4,99 EUR.", "4.99", "EUR"),
    ("Il tuo credito residuo e' di 8,40 euro", "8.40", "EUR"),
    ("Je beltegoed is € 6,12 en is geldig tot 12-12-2026", "6.12", "EUR"),
    ("Ditt saldo är 45,50 kr. Giltigt till 2027-03-01.", "45.50", "kr"),
    ("Din saldo er kr 99,00 for nummer 91234567", "99.00", "kr"),
    ("Kalan bakiyeniz 23,75 TL'dir. Son kullanma 15.12.2026", "23.75", "TRY"),
    ("Egyenlege: 2 350 Ft. Felhasználható: 2027.01.31-ig", "2350", "HUF"),
    ("Creditul tau este 5,20 EUR, valabil pana la 15.12.2026", "5.20", "EUR"),
    ("Stanje na racunu: 1.250,00 RSD. Vazi do 01.02.2027.", "1250.00", "RSD"),
    ("Ваш баланс 123.45 руб. Подключите автоплатёж: *111#", "123.45", "RUB"),
    ("Баланс: -15,60р. Пополните счет", "-15.60", "RUB"),
    ("На рахунку 87.00 грн. Діє до 12.01.2027", "87.00", "UAH"),
    ("Сіздің балансыңыз 540,25 тг. Сізде 0 SMS", "540.25", "KZT"),
    ("Balansingiz 12 500 so'm", "12500", "UZS"),
    ("Bal: Rs.56.78 Validity: 05-Mar-2027. Recharge now", "56.78", "Rs"),
    ("Your current balance is ₹199.50, talktime till 31/12/26", "199.50", "INR"),
    ("Your balance is Rs 45.30+T. PKR rates apply", "45.30", "Rs"),
    ("Main Account: Tk 12.34 valid till 23-Dec-2026. Number 01712345678", "12.34", "BDT"),
    ("Sisa pulsa Anda Rp25.500. Aktif s.d. 12/03/2027", "25500", "IDR"),
    ("Your balance is RM12.50. Active till 01/01/2027", "12.50", "MYR"),
    ("TKC: 25.000d; tai khoan 25.000 VND het han 12/12/2026", "25000", "VND"),
    ("ยอดเงินคงเหลือ 45.50 บาท ใช้ได้ถึง 12/12/2569", "45.50", "THB"),
    ("您的余额为￥0；余额 35.60元", "35.60", "元"),
    ("رصيدك الحالي ١٢٫٥٠ جنيه", "12.50", "EGP"),
    ("Votre solde est 10.5 DT. Valide au 10/12/2026", "10.5", "TND"),
    ("Your prepaid balance is $0.00.", "0.00", "$"),
    ("Balance: 1,000 Frw", "1000", "RWF"),
    ("You have a negative balance: -2.50 EUR", "-2.50", "EUR"),
    ("Guthaben: 1.234,56 EUR", "1234.56", "EUR"),
    ("Credit: CHF 1'234.50", "1234.50", "CHF"),
]

# A phone number, a date, a code or a count stands where money might.
OWN += [
    ("Your balance is KD 1.250 till 12/12/2026", "1.250", "KWD"),
    ("Solde: 10.500 DT", "10.500", "TND"),
    ("Solde principal: 500 F. Bonus: 200 F", "500", "F"),
    ("Il vous reste 3€20 de crédit jusqu'au 12/12/26", "3.20", "EUR"),
    ("Bal: Rs 1,23,456.78 only", "123456.78", "Rs"),
    ("Balance: 12.3450 USD", "12.3450", "USD"),
    ("موجودی شما ۱۲۵۰۰ ریال است", "12500", "IRR"),
    ("आपका बैलेंस रु 45.20 है", "45.20", "INR"),
    ("Sua conta tem 150.00MT de saldo", "150.00", "MZN"),
    ("Your main balance is 850.50 Ks", "850.50", "MMK"),
    ("Solde: 1 500 Ar", "1500", "MGA"),
]

TRAPS = [
    ("Balance of 0712345678 KSh 50", "50", "KES"),
    ("Saldo 48123456789 PLN 20", "20", "PLN"),
    ("Balance at R 10:30 is R 5.00", "5.00", "ZAR"),
    ("Balance of 0712345678 KSh 50.00", "50.00", "KES"),
    ("Balance of +254 712 345 678 KSh 50.00", "50.00", "KES"),
    ("Balance on 31 Dec 2026 KSh 50.00", "50.00", "KES"),
    ("Balance until 01.02.2027 EUR 5.00", "5.00", "EUR"),
    ("Balance until 01-02-2027 EUR 5.00", "5.00", "EUR"),
    ("Guthaben 12.50 EUR 30.12.2026", "12.50", "EUR"),
    ("Guthaben 12.50 EUR 3 SMS frei", "12.50", "EUR"),
    ("Last call cost 0.30 EUR. Balance 4.70 EUR", "4.70", "EUR"),
    ("Balance 4.70 EUR. Last call cost 0.30 EUR", "4.70", "EUR"),
    ("Bonus balance: 99.00 EUR. Main balance of your account: 4.70 EUR", "4.70", "EUR"),
    ("Balance - 5.00 EUR", "5.00", "EUR"),
    ("Your code is 1234. Balance 3 EUR at 10:30", "3", "EUR"),
]

NOTHING = [
    "Saldo nomor Rp 081234567890",
    "Balance of 254712345678 KSh",
    "Tu solicitud no puede ser tramitada en estos momentos.",
    "Your balance on 01.02.2027 at 10:30",
    "Balance for 48123456789",
    "Your number is +49 171 3920099.",
    "1 Balance\n2 My number\n3 Offers",
    "Balance valid until 2027-01-31, call 0800 123 456",
    "Unknown service code.",
    "You have 45 min and 120 SMS left until 12.12.2026",
    "*100# 123",
    "",
]


@pytest.mark.parametrize(("text", "amount", "currency"), REAL + OWN + TRAPS)
def test_the_balance_is_read(text: str, amount: str, currency: str) -> None:
    assert balance.read(text) == Balance(Decimal(amount), currency)


@pytest.mark.parametrize("text", NOTHING)
def test_what_holds_no_balance_gives_none_and_never_zero(text: str) -> None:
    assert balance.read(text) is None


def test_at_least_thirty_replies_are_our_own() -> None:
    assert len(OWN) >= 30


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_reading_never_raises(text: str) -> None:
    found = balance.read(text)
    assert found is None or found.amount.is_finite()


@given(st.text(alphabet="0123456789.,-+ €$RKEURbalance:/\n", max_size=300))
def test_reading_numbers_and_signs_never_raises(text: str) -> None:
    found = balance.read(text)
    assert found is None or found.amount.is_finite()


@given(st.dates(), st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%y", "%d %b %Y"]))
def test_a_date_is_never_a_balance(day, shape: str) -> None:
    assert balance.read(f"Your balance is valid until {day.strftime(shape)}.") is None


@given(st.integers(10**8, 10**12), st.sampled_from(["€", "EUR", "KSh ", "R", "Rp "]))
def test_a_phone_number_beside_a_currency_is_never_a_balance(number: int, sign: str) -> None:
    assert balance.read(f"Balance for {number} {sign}1.50 ok") == Balance(
        Decimal("1.50"), balance.currency(sign.strip())
    )


@pytest.mark.parametrize(
    ("digits", "amount"),
    [
        ("5,12", "5.12"),
        ("1.234,5", "1234.5"),
        ("1,234", "1234"),
        ("1 234 567", "1234567"),
        ("-3.50", "-3.50"),
        ("300", "300"),
        ("1'234.50", "1234.50"),
        ("5.", "5"),
    ],
)
def test_the_last_separator_counts_before_one_or_two_digits(digits: str, amount: str) -> None:
    assert balance.value(digits) == Decimal(amount)


@pytest.mark.parametrize("digits", ["", "abc", ".", "-", "1" * 40])
def test_what_is_no_number_has_no_value(digits: str) -> None:
    assert balance.value(digits) is None


@pytest.mark.parametrize(
    "pattern", ["(", "no group", r"(\d+)(\d+)", "[", "x" * 400, "(?P<a", r"\9()"]
)
def test_a_bad_pattern_is_said_to_be_one(pattern: str) -> None:
    assert balance.pattern_trouble(pattern)


def test_a_good_pattern_has_no_trouble() -> None:
    assert balance.pattern_trouble(r"Ihr Guthaben beträgt: ([\d\+,]+)") == ""


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("Ihr Guthaben beträgt: 12,34 EUR", "12,34", Balance(Decimal("12.34"), "EUR")),
        ("Units left 77 today", "77", Balance(Decimal(77))),
        ("Bal nothing", "nothing", None),
    ],
)
def test_an_own_pattern_takes_the_currency_that_stands_beside(
    text: str, number: str, expected: Balance | None
) -> None:
    start = text.index(number)
    assert balance.from_match(text, start, start + len(number)) == expected
