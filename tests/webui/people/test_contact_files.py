"""Files of contacts on the page: looked at, changed, put in; and the export."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from gateway.services.people import imports
from gateway.services.people.numbers import display
from gateway.services.people.people import TypedContact
from gateway.store.people import groups, people
from tests.webui.conftest import ANN, BOB, Reader, field, words


def upload(reader: Reader, content: bytes, name: str = "people.csv", **fields: str) -> TestResponse:
    """As a browser encodes it; werkzeug's own encoder leaves a temporary file behind."""
    token = reader.token("/people/import")
    said = 'Content-Disposition: form-data; name="{}"'
    parts = [
        *(
            said.format(field_).encode() + b"\r\n\r\n" + value.encode()
            for field_, value in {"csrf_token": token, **fields}.items()
        ),
        said.format("file").encode() + f'; filename="{name}"'.encode() + b"\r\n\r\n" + content,
    ]
    body = b"".join(b"--boundary\r\n" + part + b"\r\n" for part in parts) + b"--boundary--\r\n"
    kind = "multipart/form-data; boundary=boundary"
    return reader.client.post("/people/import", data=body, content_type=kind)


def test_one_file_that_is_posted_twice_is_one_import(admin: Reader) -> None:
    once = field(admin.get("/people/import"), "once")
    first, again = (upload(admin, b"name,number\nAnn,1", once=once) for _ in range(2))
    other = upload(admin, b"name,number\nBob,2", once=once)
    assert first.headers["Location"] == again.headers["Location"] != other.headers["Location"]


def test_columns_with_nothing_in_them_are_folded_away(admin: Reader) -> None:
    """Outlook writes 92 of them, and a person looks for the few that count."""
    page = admin.get(upload(admin, b"Name,Title,Phone,Pager\nAnn,,0712000001,\n").location)
    shown, _, folded = page.partition("<details")
    assert "2 empty columns" in page
    assert [h for h in ("Name", "Phone", "Title", "Pager") if f"{h} goes to" in shown] == [
        "Name",
        "Phone",
    ]
    assert "Title goes to" in folded
    assert "Pager goes to" in folded


def test_an_import_that_has_begun_says_that_a_change_was_not_taken(admin: Reader) -> None:
    here = upload(admin, f"name,number\nAnn,{ANN}".encode()).headers["Location"]
    plan = {"column-0": "name", "column-1": "number", "action": "start"}
    for _ in range(2):
        same = admin.post(here, form="/people/import", **plan)
        assert "was not taken" not in words(admin.get(same.headers["Location"]))
    changed = admin.post(here, form="/people/import", **(plan | {"group": "Staff"}))
    assert "was not taken" in words(admin.get(changed.headers["Location"]))


# import and export ------------------------------------------------------------------------------


def test_a_file_is_looked_at_changed_and_put_in(admin, world, ann) -> None:
    rows = (
        "Naam;Phone;Town\nAnn B;07700900123;Leeds\nBob;07700900456;York\nMoon;far away;\n"
        ";nowhere;\n"
    )
    page = upload(admin, rows.encode("cp1252")).headers["Location"]
    html = admin.get(page)
    said = words(html)
    assert "2 people can go in, 1 row cannot" in said
    assert "1 person will have no number" in said
    assert "Import 2 people" in said
    assert "Line 4 “far away” is not a phone number" in said
    assert "2 new contacts, 1 known already and left as they are" in said
    plan = {"column-0": "name", "column-1": "number", "column-2": "", "known": "update"}
    looked = admin.post(page, form=page, action="look", **plan)
    assert "1 known already and updated" in words(looked.text)
    assert "Import 3 people" in words(looked.text)
    admin.post(page, form=page, action="start", group="New", **plan)
    done = words(admin.get(page))
    assert "2 contacts added, 1 of them without a number, 1 updated" in done
    assert people.get(ann).name == "Ann B"
    assert groups.fields() == []
    file = admin.client.get(page + "/rows.csv")
    assert ",nowhere,,“nowhere” is not a phone number" in file.text
    assert "attachment" in file.headers["Content-Disposition"]
    again = admin.get("/people/import")
    assert "people.csv 2 contacts added, 1 updated" in words(again)
    assert f'href="{page}"' in again


def test_the_encoding_is_shown_and_another_one_is_read_anew(admin) -> None:
    rows = "Имя;Телефон\nИван;07700900123\n".encode("cp1251")
    page = upload(admin, rows).headers["Location"]
    html = admin.get(page)
    assert re.search(r'value="cp1251" selected', html)
    assert "Иван" in html
    plan = {"column-0": "name", "column-1": "number", "was-read-in": "cp1251"}
    other = admin.post(page, form=page, action="start", encoding="cp1252", **plan)
    assert re.search(r'value="cp1252" selected', other.text), "nobody has seen it so yet"
    assert "Èâàí" in other.text
    assert people.ids(people.ContactFilter()) == []
    admin.post(page, form=page, action="start", encoding="cp1251", **plan)
    assert people.by_number("+447700900123").name == "Иван"


def test_everybody_joins_the_group_those_too_who_are_known(admin, ann) -> None:
    page = upload(admin, f"Name,Phone\nOther,{ANN}\n".encode()).headers["Location"]
    plan = {"column-0": "name", "column-1": "number", "known": "skip", "group": "Staff"}
    looked = words(admin.post(page, form=page, action="look", **plan).text)
    assert "Put 1 person into the group" in looked
    admin.post(page, form=page, action="start", **plan)
    assert (people.get(ann).name, people.get(ann).groups) == ("Ann Otieno", ("Staff",))


def test_no_column_twice_and_no_file_at_all_are_refused(admin) -> None:
    page = upload(admin, b"Name,Phone\nAnn,07700900123\n").headers["Location"]
    plan = {"column-0": "name", "column-1": "name"}
    refused = admin.post(page, form=page, action="start", **plan)
    assert refused.status_code == 400
    assert "Only one column can be" in refused.text
    assert upload(admin, b"", "").status_code == 400
    assert upload(admin, b"\n\n").status_code == 400


def test_a_file_of_several_megabytes_is_taken_and_a_larger_one_refused(admin) -> None:
    rows = b"Name,Number,Notes\n" + b"".join(
        b"Person %d,+4477%08d,%s\n" % (n, n, b"x" * 600) for n in range(1000)
    )
    assert len(rows) > 600_000
    page = upload(admin, rows).headers["Location"]
    said = words(admin.get(page))
    assert "Of the first 500 rows of 1,000, 500 people can go in" in said
    assert "Import all 1,000 rows" in said
    plan = {"column-0": "name", "column-1": "number", "column-2": ""}
    admin.post(page, form=page, action="start", **plan)
    assert "1,000 contacts added" in words(admin.get(page))
    assert upload(admin, b"x" * (imports.MOST_OCTETS + 200_000)).status_code in (400, 413)


def test_the_export_is_safe_and_follows_the_search(admin, world, ann) -> None:
    world.box.people.add(TypedContact("=HYPERLINK(1)", BOB))
    everybody = admin.client.get("/people/export.csv").text
    assert "'=HYPERLINK(1)" in everybody
    assert display(ANN) in everybody
    assert display(ANN) not in admin.client.get("/people/export.csv?find=hyper").text
    assert "BEGIN:VCARD" in admin.client.get("/people/export.vcf").text
