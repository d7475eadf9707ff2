"""What is asked of an installed box, and the sources that it is given as a next version."""

from __future__ import annotations

import re
import shutil

from tests.install.machines import Machine

DATA = "/var/lib/pigeonbox"


def messages(box: Machine) -> str:
    """The messages in the database of the running version, as text."""
    look = (
        "import sqlite3, sys; d = sqlite3.connect('file:/var/lib/pigeonbox/pigeonbox.db?mode=ro', "
        "uri=True); print([r[0] for r in d.execute('SELECT text FROM message ORDER BY id')])"
    )
    return box.tell("python3", "-c", look)


def migrations(box: Machine) -> set[str]:
    look = (
        "import sqlite3; d = sqlite3.connect('file:/var/lib/pigeonbox/pigeonbox.db?mode=ro', "
        "uri=True); print(*[r[0] for r in d.execute('SELECT name FROM schema_migration')])"
    )
    return set(box.tell("python3", "-c", look).split())


def newer(box: Machine, name: str, *, migrates: bool = False, spoilt: str = "") -> str:
    """Sources of a next version. `spoilt`: code put at the start of gateway.process.running.run."""
    folder = box.bring(name)
    project = folder / "pyproject.toml"
    project.write_text(
        re.sub(r'(?m)^version = ".*"', f'version = "9.0+{name}"', project.read_text())
    )
    if migrates or "9999_next" in migrations(box):
        (folder / "gateway/store/file/migrations/9999_next.py").write_text(
            '"""A step of the next version."""\n\n\n'
            "def up(migrator, database):\n"
            '    database.execute_sql("CREATE TABLE next_version (x INTEGER)")\n'
        )
    if spoilt:
        app = folder / "gateway/process/running.py"
        text = app.read_text()
        mark = "    faulthandler.enable()"  # the first statement of run()
        assert text.count(mark) == 1
        app.write_text(text.replace(mark, f"{spoilt}\n{mark}"))
    return name


def own_code(box: Machine) -> str:
    """The sources of the version that runs, in a folder of their own."""
    folder = box.root / "root/own"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(box.root / f"opt/pigeonbox/releases/{box.release}/src", folder)
    return folder.name
