"""Files of people, made and brought in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from gateway.services.people.imports import ContactImports
from gateway.store.people import imports, people

ANN, BOB, LANDLINE = "+254712000001", "+254712000002", "+254202345678"


def bring_in(service: ContactImports, content: bytes | str) -> imports.ImportInfo:
    octets = content.encode() if isinstance(content, str) else content
    kept = service.upload("file", octets, "admin")
    assert service.start(kept, service.guess(service.sheet(imports.get(kept))))
    done = imports.get(kept)
    assert done is not None
    return done


def table(head: Sequence[str], *rows: dict[str, str], sep: str = ",", quote: bool = False) -> str:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(out, head, delimiter=sep, quoting=quoting, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def the_only_one() -> people.ContactInfo:
    (one,) = people.by_ids(people.ids(people.ContactFilter()))
    return one


def names() -> list[str]:
    return sorted(c.name for c in people.by_ids(people.ids(people.ContactFilter())))


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])
