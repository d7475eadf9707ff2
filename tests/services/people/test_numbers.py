import tracemalloc
from collections.abc import Callable

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.people.addressees import resolve
from gateway.services.people.numbers import BadNumber, from_network, normalise


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0712 345-678", "+254712345678"),
        ("+254712345678", "+254712345678"),
        ("00254 712 345678", "+254712345678"),
        ("(0712) 345 678", "+254712345678"),
        ("٠٧١٢٣٤٥٦٧٨", "+254712345678"),
        ("\u202a+254 712 345678\u202c", "+254712345678"),  # as copied out of a phone's contacts
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("88811", "88811"),
        ("*100#", "*100#"),
        ("+999123456789", "+999123456789"),
        ("+345906000012345", "+345906000012345"),  # of a machine's SIM: longer than people's
        ("+5215512345678", "+5215512345678"),  # as Mexico's networks wrote mobile numbers
        ("+25471234", "+25471234"),  # whoever writes + is believed
        ("+88811", "+88811"),
        ("000 44 20 7946 0018", "+442079460018"),  # Kenya dials 000 to go abroad
        ("79990001234", "+79990001234"),  # can be nothing else but a number abroad
        ("254 712 345 678", "+254712345678"),
        ("7726001", "7726001"),
        ("77260012", "77260012"),
    ],
)
def test_what_people_type_becomes_one_number(typed, number):
    assert normalise(typed, "KE") == number


@pytest.mark.parametrize(
    "typed",
    [
        "BANK",
        "+1",
        "+254",
        "++44",
        "+",
        "+0712345678",
        "000044207946",
        "2547123456780",
        "hello 123",
        "1" * 30,
        "07-12x",
        "✆",
    ],
)
def test_what_cannot_be_a_number_is_refused_by_name(typed):
    refused = normalise(typed, "KE")
    assert isinstance(refused, BadNumber)
    assert typed[:20] in str(refused)


@pytest.mark.usefixtures("store")
def test_one_person_typed_twice_is_one_recipient():
    found = resolve("0712 345-678; +254712345678,\n0712345679\n\n", "KE", names=False).recipients
    assert found.numbers == ("+254712345678", "+254712345679")
    assert found.bad == ()


@pytest.mark.usefixtures("store")
def test_nothing_is_dropped_in_silence():
    found = resolve(["0712345678", "nobody", " "], "KE", names=False)
    assert [b.typed for b in found.bad] == ["nobody"]


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("000442079460018", "UG", "+442079460018"),
        ("000442079460018", "TZ", "+442079460018"),
        ("011442079460018", "US", "+442079460018"),
        ("810442079460018", "RU", "+442079460018"),
        ("0011442079460018", "AU", "+442079460018"),
        ("00442079460018", "DE", "+442079460018"),
        ("00442079460018", "US", "+442079460018"),  # not how one dials it there, but nothing else
        ("89991234567", "RU", "+79991234567"),
        ("5551234", "US", "5551234"),
        ("20123456", "DK", "+4520123456"),  # a subscriber's: there they have eight digits
        ("91234567", "SG", "+6591234567"),
        ("312345", "AD", "+376312345"),
        ("212345", "FO", "+298212345"),
        ("22333", "DE", "22333"),
        ("254712345678", "", "+254712345678"),  # no country chosen yet
        ("4915123456789", "DE", "+4915123456789"),  # as a landline it could be dialled too
        ("254712123456.0", "DE", "+254712123456"),
        ("33612345678", "DE", "+33612345678"),
        ("62812345678", "ID", "+62812345678"),
        ("04915123456789", "DE", "+494915123456789"),  # the 0 says that it is at home
        ("15123456789", "DE", "+4915123456789"),  # a mobile at home, before one elsewhere
        ("393123456789", "IT", "+393123456789"),
    ],
)
def test_each_country_dials_in_its_own_way(typed, country, number):
    assert normalise(typed, country) == number


def test_a_landline_abroad_is_not_guessed():
    """(201) is an area of the USA; read as international it would be somebody in Egypt."""
    assert isinstance(normalise("(201) 555-0123", "KE"), BadNumber)


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS - {"TA"}))
def test_a_mobile_of_its_own_country_is_itself_without_its_plus(country):
    kind = phonenumbers.PhoneNumberType.MOBILE
    found = phonenumbers.example_number_for_type(country, kind)
    ways = phonenumbers.PhoneNumberFormat
    number = phonenumbers.format_number(found, ways.E164)
    at_home = phonenumbers.format_number(found, ways.NATIONAL)
    for typed in (number[1:], f"{number[1:]}.0", f"00{number[1:]}", at_home):
        assert normalise(typed, country) == number
    assert from_network(number[1:], country) == number


@pytest.mark.parametrize(
    ("sender", "country", "who"),
    [
        ("+345906000012345", "KE", "+345906000012345"),
        ("+5215512345678", "MX", "+5215512345678"),
        ("+2540712345678", "KE", "+2540712345678"),  # odd, but the network's own word
        ("+88811", "KE", "+88811"),
        ("+7", "KE", "+7"),
        ("0712345678", "KE", "+254712345678"),
        ("712345678", "KE", "+254712345678"),
        ("254712345678", "KE", "+254712345678"),
        ("7726001", "KE", "7726001"),
        ("77260012", "KE", "77260012"),
        ("900000123456", "KE", "900000123456"),  # a service: no subscriber has these digits
        ("00000", "KE", "00000"),
        ("*100#", "KE", "*100#"),
        ("345906000012345678", "KE", "345906000012345678"),
        ("BANK", "KE", ""),
        ("12a", "KE", ""),
        ("", "KE", ""),
    ],
)
def test_the_network_is_believed(sender, country, who):
    assert from_network(sender, country) == who


@given(st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True), st.sampled_from(["KE", "DE", "US", "DK"]))
def test_whoever_the_network_numbers_can_be_answered(sender, country):
    who = from_network(sender, country)
    assert who.lstrip("+").isdigit()
    assert not sender.startswith("+") or who == sender
    assert from_network(who, country) == who


@pytest.mark.parametrize("read", [normalise, from_network])
def test_cells_of_any_length_are_not_kept_in_memory(read: Callable[[str, str], object]) -> None:
    tracemalloc.start()
    try:
        for one in range(200):
            read(f"{one}" * 50_000, "KE")
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1 << 20
