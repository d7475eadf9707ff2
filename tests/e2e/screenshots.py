"""Take the pictures that README shows: `./install.sh screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.demo import Clerk, furnish
from tests.support.box import RunningBox
from tests.support.browser import PHONE, WIDE, launched

PICTURES = Path("webui/pictures")
# Name, path, and whether it is also taken as on a phone.
PAGES = (
    ("inbox", "/", True),
    ("message", "/?q=vaccine", True),
    ("send", "/send", True),
    ("people", "/people", False),
    ("activities", "/activities", False),
    ("connections", "/connections", True),
)


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        arguments = ["--simulate", "2", "--air-time", "0.2"]
        with RunningBox(Path(name), arguments=arguments) as box, launched() as browser:
            box.command("passwd", "admin", "--stdin", stdin=PASSWORD + "\n")
            box.start().wait_for_modems(2)
            furnish(box, Clerk(box, "admin", PASSWORD))
            for size, width in ((WIDE, 1280), (PHONE, 360)):
                context = browser.new_context(base_url=box.url, viewport=size)
                page = context.new_page()
                sign_in(page)
                for shown, path, also_small in PAGES:
                    if size is PHONE and not also_small:
                        continue
                    page.goto(path)
                    if shown == "message":
                        page.locator(".row-link").first.click()
                        page.locator(".detail").wait_for()
                    page.screenshot(path=PICTURES / f"{shown}-{width}.png")
                context.close()
    print(f"The pictures are in {PICTURES}/", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
