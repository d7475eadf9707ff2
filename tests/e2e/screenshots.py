"""Take the pictures that README shows: `./install.sh screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.conftest import PASSWORD, sign_in
from tests.support.box import RunningBox, eventually
from tests.support.browser import PHONE, WIDE, launched

PICTURES = Path("webui/pictures")
RECEIVED = (
    ("+254722000101", "Is the clinic open on Saturday?"),
    ("+254733000102", "Mwangi will bring the vaccine box at 10. Please keep the fridge free 🙏"),
    ("+254711000103", "السلام عليكم، متى موعد الطبيب؟"),
)
SENT = (
    ("Reminder: your appointment is tomorrow at 9:30.", "+254722000104", "+254722000105"),
    ("Fridge 2 is at 9.5 °C. Please check at once.", "+254733000106"),
    ("Your results are ready.", "+254799990001"),
)


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        arguments = ["--simulate", "2", "--air-time", "0.2"]
        with RunningBox(Path(name), arguments=arguments) as box, launched() as browser:
            box.command("passwd", "admin", "--stdin", stdin=PASSWORD + "\n")
            box.start().wait_for_modems(2)
            for size, width in ((WIDE, 1280), (PHONE, 360)):
                context = browser.new_context(base_url=box.url, viewport=size)
                page = context.new_page()
                sign_in(page)
                if size is WIDE:
                    fill(page, box)
                for shown, path in pages(box):
                    page.goto(path)
                    page.screenshot(path=PICTURES / f"{shown}-{width}.png")
                context.close()
    print(f"The pictures are in {PICTURES}/", file=sys.stderr)
    return 0


def fill(page: Page, box: RunningBox) -> None:
    """A morning in a clinic."""
    for text, *numbers in SENT:
        box.wait_for(box.send(text, *numbers), "Sent", "Delivered", "Failed")
    for number, text in RECEIVED:
        page.goto(f"/phone?number={number.replace('+', '%2B')}")
        page.get_by_label("Message").fill(text)
        page.get_by_role("button", name="Write to the box").click()
    eventually(lambda: len(box.inbox()) == len(RECEIVED))


def pages(box: RunningBox) -> list[tuple[str, str]]:
    """Name and path of each picture."""
    answered = next(m for m in box.inbox() if "vaccine" in m["contentPreview"])
    return [
        ("inbox", "/"),
        ("message", f"/?open={answered['id']}"),
        ("send", "/send"),
        ("phone", "/phone?number=%2B254733000102"),
        ("people", "/people"),
        ("connections", "/connections"),
    ]


if __name__ == "__main__":
    sys.exit(main())
