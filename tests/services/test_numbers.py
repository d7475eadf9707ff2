import pytest

from gateway.services.numbers import BadNumber, normalise, parse_recipients


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
    ],
)
def test_what_people_type_becomes_one_number(typed, number):
    assert normalise(typed, "KE") == number


@pytest.mark.parametrize("typed", ["BANK", "+1", "++44", "+", "hello 123", "1" * 30, "07-12x", "✆"])
def test_what_cannot_be_a_number_is_refused_by_name(typed):
    refused = normalise(typed, "KE")
    assert isinstance(refused, BadNumber)
    assert typed[:20] in str(refused)


def test_one_person_typed_twice_is_one_recipient():
    found = parse_recipients("0712 345-678; +254712345678,\n0712345679\n\n", "KE")
    assert found.numbers == ("+254712345678", "+254712345679")
    assert found.bad == ()


def test_nothing_is_dropped_in_silence():
    found = parse_recipients(["0712345678", "nobody", " "], "KE")
    assert [b.typed for b in found.bad] == ["nobody"]
