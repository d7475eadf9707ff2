"""A box's whole life on real Debian systems under systemd: each test leaves the box well.

`machine` is a fresh system; whoever needs Pigeonbox on it takes `box`, which installs it first.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import time

import pytest

from tests.install.machines import Machine, run
from tests.support.box import eventually

pytestmark = [pytest.mark.appliance, pytest.mark.timeout(900)]

DATA = "/var/lib/pigeonbox"
TOUCHED = ("/etc", "/opt", "/usr", "/var/lib/pigeonbox")


@pytest.fixture
def box(machine: Machine) -> Machine:
    """Installed, running, and with one message in it that must not be lost."""
    if not (machine.root / "opt/pigeonbox/current").is_symlink():
        machine.bring()
        if not (machine.root / "boot/firmware").exists():
            (machine.root / "boot/firmware").mkdir(parents=True)
        # Whatever pip is told on the machine decides nothing here.
        (machine.root / "etc/pip.conf").write_text("[global]\nindex-url = http://127.0.0.9/\n")
        machine.install("--serial", "no")
        machine.do("pigeonbox", "send", "--id", "kept", "+254712345678", "before the upgrade")
    machine.wait_well()
    return machine


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


def test_a_dry_run_changes_nothing(machine):
    if (machine.root / "opt/pigeonbox").exists():
        pytest.skip("installed already")
    machine.bring()
    before = machine.facts(*(f for f in TOUCHED if (machine.root / f[1:]).exists()))
    machine.install("--dry-run")
    assert machine.facts(*(f for f in TOUCHED if (machine.root / f[1:]).exists())) == before
    assert not (machine.root / "opt/pigeonbox").exists()


def test_without_the_internet_it_says_so_and_a_second_run_mends_it(machine):
    if (machine.root / "opt/pigeonbox").exists():
        pytest.skip("installed already")
    machine.bring()
    hosts = machine.root / "etc/resolv.conf"
    kept = hosts.read_text()
    hosts.write_text("nameserver 127.0.0.9\noptions timeout:1 attempts:1\n")
    try:
        said = machine.refused()
    finally:
        hosts.write_text(kept)
    assert "internet" in said.splitlines()[-1]


def test_it_runs_as_a_service_with_a_page_on_port_80(box):
    assert box.shown("ActiveState") == "active"
    assert box.shown("Type") == "notify"
    assert box.tell("systemctl", "is-enabled", "pigeonbox") == "enabled"
    groups = box.tell("id", "-nG", "pigeonbox").split()
    assert "dialout" in groups
    assert box.tell("stat", "-c", "%U:%G %a", DATA, f"{DATA}/pigeonbox.db").splitlines() == [
        "pigeonbox:pigeonbox 700",
        "pigeonbox:pigeonbox 600",
    ]
    assert box.tell("stat", "-c", "%U:%G %a", "/etc/pigeonbox/config.toml") == (
        "root:pigeonbox 640"
    )
    assert box.tell("stat", "-c", "%U", f"/proc/{box.pid}") == "pigeonbox"
    assert f"<port>{box.port}</port>" in box.tell("cat", "/etc/avahi/services/pigeonbox.service")
    assert "not running" not in box.tell("pigeonbox", "modems")
    assert "before the upgrade" in messages(box)


def test_nothing_of_the_code_can_be_changed_by_the_service(box):
    mine = box.tell("find", "/opt/pigeonbox", "-user", "pigeonbox", "-o", "-perm", "-o=w", "-type",
                    "f")  # fmt: skip
    assert mine == ""


def test_its_parts_are_listed_and_a_changed_one_is_told(box):
    listed = json.loads(box.tell("cat", "/opt/pigeonbox/current/parts.cdx.json"))
    assert {"Flask", "peewee", "waitress"} <= {part["name"] for part in listed["components"]}
    assert "as they were installed" in box.install("--verify")
    python = box.tell("sh", "-c", "ls -d /opt/pigeonbox/current/venv/lib/python3.*/site-packages")
    file = box.root / python[1:] / "waitress/server.py"
    kept = file.read_bytes()
    file.write_bytes(kept + b"# more\n")
    try:
        assert "waitress/server.py has been changed" in box.refused("--verify")
    finally:
        file.write_bytes(kept)


def test_a_second_run_changes_nothing(box):
    before, pid = box.facts("/etc", "/opt", "/usr/local"), box.pid
    said = box.install()
    assert box.facts("/etc", "/opt", "/usr/local") == before
    assert box.pid == pid, "it was restarted for nothing"
    assert "is installed" in said


def test_a_data_folder_that_lies_open_is_closed(box):
    """And what root has put there becomes the service's own."""
    box.do("bash", "-c", f"chmod -R go=rX {DATA}; echo x >{DATA}/by-root")
    box.do("mkdir", f"{DATA}/.before-upgrade")
    box.install()
    assert ".before-upgrade" not in box.tell("ls", "-A", DATA)
    told = box.do("find", DATA, "-perm", "/077", "-o", "!", "-user", "pigeonbox").stdout
    assert told == ""
    box.do("rm", f"{DATA}/by-root")
    box.wait_well()


def test_a_data_folder_of_somebody_else_is_not_taken(box):
    config = box.root / "etc/pigeonbox/config.toml"
    before = config.read_text()
    box.do("bash", "-c", "mkdir -p /srv/mine; echo x >/srv/mine/letter")
    config.write_text(before.replace(DATA, "/srv/mine"))
    try:
        said = box.refused()
    finally:
        config.write_text(before)
    assert "/srv/mine holds files that are not Pigeonbox's" in said.splitlines()[-1]
    assert box.tell("stat", "-c", "%U %a", "/srv/mine", "/srv/mine/letter").splitlines() == [
        "root 755",
        "root 644",
    ]
    box.do("rm", "-r", "/srv/mine")


def test_an_own_config_stays(box):
    config = box.root / "etc/pigeonbox/config.toml"
    before = config.read_text()
    config.write_text(before + '\n# mine\n[log]\nlevel = "DEBUG"\n')
    try:
        box.install()
        assert config.read_text().endswith('# mine\n[log]\nlevel = "DEBUG"\n')
    finally:
        config.write_text(before)


def test_a_config_with_a_mistake_is_named_and_nothing_is_changed(box):
    config = box.root / "etc/pigeonbox/config.toml"
    before, pid = config.read_text(), box.pid
    config.write_text(before.replace("[leds]", "[lights]"))
    try:
        said = box.refused()
    finally:
        config.write_text(before)
    assert "lights: is not known" in said
    assert "must be mended" in said.splitlines()[-1]
    assert box.pid == pid


def test_the_unit_is_sound_and_shut_in(box):
    checked = box.do(
        "systemd-analyze", "verify", "/etc/systemd/system/pigeonbox.service", check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    told = box.tell("systemd-analyze", "security", "--no-pager", "pigeonbox")
    exposure = float(re.search(r"exposure level for \S+: ([0-9.]+)", told)[1])  # type: ignore[index]
    assert exposure < 3, told


def test_udev_accepts_the_rules(box):
    done = box.do("udevadm", "verify", "/etc/udev/rules.d/60-pigeonbox.rules", check=False)
    if box.suite == "bookworm":
        pytest.skip("udevadm of Debian 12 cannot verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_killed_it_starts_again(box):
    pid = box.pid
    box.signal(signal.SIGKILL)
    eventually(lambda: box.pid not in (0, pid), patience=30)
    box.wait_well()


def test_frozen_it_is_ended_and_started_by_the_watchdog(box):
    """A stopped process is what a hang of everything looks like."""
    box.do("mkdir", "-p", "/run/systemd/system/pigeonbox.service.d")
    quick = box.root / "root/quick.conf"
    quick.write_text("[Service]\nWatchdogSec=12\nTimeoutAbortSec=3\n")
    box.do("cp", "/root/quick.conf", "/run/systemd/system/pigeonbox.service.d/")
    box.do("systemctl", "daemon-reload")
    box.do("systemctl", "restart", "pigeonbox")
    try:
        box.wait_well()
        pid, began = box.pid, time.monotonic()
        time.sleep(20)  # longer than the limit: it is fed
        assert box.pid == pid
        box.signal(signal.SIGSTOP)
        eventually(lambda: box.pid not in (0, pid), patience=60)
        assert time.monotonic() - began < 80
        box.wait_well()
        assert "watchdog" in box.tell("journalctl", "-u", "pigeonbox", "-n", "200").lower()
    finally:
        box.do("rm", "-r", "/run/systemd/system/pigeonbox.service.d")
        box.do("systemctl", "daemon-reload")
        box.do("systemctl", "restart", "pigeonbox")
        box.wait_well()


def test_an_upgrade_keeps_the_data_and_migrates_them(box):
    old = box.release
    said = box.install("--upgrade", code=newer(box, "good", migrates=True))
    assert "Trying it on a copy" in said
    assert box.release.startswith("9.0+good-")
    assert "9999_next" in migrations(box)
    assert "before the upgrade" in messages(box)
    assert box.is_well()
    assert box.tell("readlink", "/opt/pigeonbox/previous") == f"releases/{old}"
    assert sorted(box.tell("ls", "/opt/pigeonbox/releases").split()) == sorted([old, box.release])
    left = box.tell("ls", "-A", DATA)
    assert ".trial" not in left
    assert ".before-upgrade" not in left


SPOILT = {
    "does not start": '    raise SystemExit("spoilt")',
    "never answers": "    import time; time.sleep(600)",
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_version_that_does_not_come_up_is_found_out_on_a_copy(box, how):
    before, pid, shape = box.release, box.pid, migrations(box)
    name = newer(box, f"bad{how.replace(' ', '')}", migrates=False, spoilt=SPOILT[how])
    said = box.refused("--upgrade", code=name, PIGEONBOX_HEALTHY_WITHIN="15")
    assert "nothing was changed" in said
    assert (box.release, box.pid, migrations(box)) == (before, pid, shape)
    assert box.is_well()
    assert "did not come up on a copy of the data" in box.tell("pigeonbox", "doctor")
    box.install(code=own_code(box))
    assert "The last update failed" not in box.tell("pigeonbox", "doctor")


@pytest.mark.parametrize("how", SPOILT)
def test_a_version_that_fails_only_in_earnest_is_taken_back_with_its_data(box, how):
    before, shape, kept = box.release, migrations(box), messages(box)
    spoilt = SPOILT[how].replace("    ", "", 1)
    code = (
        "    if not trial:\n"
        "        from gateway.store import opening\n"
        "        opening.open_store(config.data); opening.close_store()  # migrates, then fails\n"
        f"        {spoilt}"
    )
    folder = newer(box, f"late{how.replace(' ', '')}", spoilt=code)
    (box.root / f"root/{folder}/gateway/store/file/migrations/9998_late.py").write_text(
        "def up(migrator, database):\n"
        '    database.execute_sql("CREATE TABLE late (x INTEGER)")\n'
        "    database.execute_sql(\"UPDATE message SET text = 'spoilt'\")\n"
    )
    said = box.refused("--upgrade", code=folder, PIGEONBOX_HEALTHY_WITHIN="25")
    assert f"Going back to {before}" in said, said
    assert "did not come up healthy" in said
    assert box.release == before
    assert migrations(box) == shape
    assert messages(box) == kept
    box.wait_well()
    assert "failed-upgrade-secret.db" in box.tell("ls", f"{DATA}/backups")
    told = box.tell("pigeonbox", "doctor")
    assert f"so {before} runs again" in told, told
    assert not (box.root / "opt/pigeonbox/trial").exists()


# Where install.sh is killed: before the first command of these words, in the order of an upgrade.
CUTS = (
    "rehearse",
    'data_tool copy "$DATA" "$copy"',
    "kill -TERM $pid",
    'systemctl stop "$UNIT"',
    'data_tool copy "$DATA" "$DATA/.before-upgrade"',
    'mv "$TRIAL.new"',
    'point "$OPT/current"',
    "place_files",
    "put 0755 root:root /usr/local/bin/pigeonbox",
    'timeout "$within" systemctl restart',
    "first=",
    'point "$OPT/previous"',
    'rm -f "$TRIAL"',
    'rm -rf "$DATA/.before-upgrade"',
)
KILLER = """set -T
trap 'case $BASH_COMMAND in "$CUT"*) echo "$CUT" >/root/was-cut; kill -KILL 0 ;; esac' DEBUG
"""


def cut(box: Machine, code: str, where: str) -> None:
    """install.sh with the code in that folder, killed there with all that it has started."""
    (box.root / "root/killer.sh").write_text(KILLER)
    (box.root / "root/was-cut").unlink(missing_ok=True)
    done = box.do(
        *("setsid", "--wait", f"/root/{code}/install.sh", "--upgrade"),
        check=False,
        BASH_ENV="/root/killer.sh",
        CUT=where,
    )
    assert (box.root / "root/was-cut").exists(), (where, done.stderr)


def start_anew(box: Machine) -> None:
    """What the start of the machine does for us, without the rest of it."""
    box.do("systemctl", "kill", "--signal=KILL", "pigeonbox", check=False)
    box.do("systemctl", "start", "--no-block", "pigeonbox", "pigeonbox-settle")
    box.wait_well()
    settled(box)
    box.wait_well()


def settled(box: Machine) -> None:
    """Nothing is undecided any more, and whoever decided has ended."""
    eventually(
        lambda: (
            not (box.root / "opt/pigeonbox/trial").exists()
            and box.tell("systemctl", "is-active", "pigeonbox-settle") in ("inactive", "failed")
        ),
        patience=200,
        what="for the upgrade to be decided about",
    )


def test_wherever_an_upgrade_is_cut_off_the_box_comes_up_with_its_data(box):
    """Between two versions of one shape, to and fro, so that each is built only once."""
    own, other, kept = own_code(box), newer(box, "other"), messages(box)
    box.install("--upgrade", code=other)
    seen = set()
    for where in CUTS:
        cut(box, own if box.release.startswith("9.0+other") else other, where)
        start_anew(box)
        assert messages(box) == kept, where
        seen.add(box.release)
    assert len(seen) == 2
    box.install("--upgrade", code=own)
    box.wait_well()
    assert "The last update failed" not in box.tell("pigeonbox", "doctor")
    left = box.tell("ls", "-A", DATA).split()
    assert [name for name in left if name.startswith((".trial", ".before"))] == []


def test_after_a_power_cut_a_version_that_does_not_run_is_taken_back_by_the_box_itself(box):
    """The power went between the change and its proof, and nobody is there to run install.sh."""
    before, kept, shape = box.release, messages(box), migrations(box)
    name = newer(box, "cut", spoilt="    if not trial:\n        import time; time.sleep(600)")
    cut(box, name, 'timeout "$within" systemctl restart')
    assert box.release.startswith("9.0+cut-")
    unit = box.root / "etc/systemd/system/pigeonbox-settle.service"
    unit.write_text(
        unit.read_text().replace(
            "[Service]\n", "[Service]\nEnvironment=PIGEONBOX_HEALTHY_WITHIN=20\n"
        )
    )
    box.lose_power()
    box.start()
    eventually(lambda: box.release == before, patience=200, what="for the way back")
    settled(box)
    box.wait_well()
    assert (messages(box), migrations(box)) == (kept, shape)
    assert not (box.root / "opt/pigeonbox/trial").exists()
    assert "Going back to" in box.tell("journalctl", "-u", "pigeonbox-settle", "-o", "cat")
    box.install(code=own_code(box))  # its unit as it should be


def test_after_a_power_cut_a_version_that_runs_stays(box):
    kept = messages(box)
    name = newer(box, "good2")
    cut(box, name, 'timeout "$within" systemctl restart')
    box.lose_power()
    box.start()
    box.wait_well()
    settled(box)
    assert box.release.startswith("9.0+good2-")
    assert messages(box) == kept


def test_on_a_read_only_root_data_on_a_partition_of_their_own_stay(box):
    """As with the overlay of Raspberry Pi OS: all else is forgotten at the next start."""
    partition = box.root.parent / "partition"
    overlay = ("--volatile=overlay", f"--bind={partition}:{DATA}")
    box.stop()
    run("cp", "-a", str(box.root / DATA[1:]), str(partition))
    try:
        box.start(*overlay)
        box.wait_well()
        box.do("pigeonbox", "send", "+254712345679", "written on the overlay")
        box.do("touch", "/etc/forgotten")
        box.lose_power()
        box.start(*overlay)
        box.wait_well()
        assert box.do("test", "-e", "/etc/forgotten", check=False).returncode != 0
        assert "written on the overlay" in messages(box)
    finally:
        box.stop()
        box.start()
    box.wait_well()
    assert "written on the overlay" not in messages(box)  # it was on the partition alone


def test_removed_it_leaves_the_data_and_comes_back_with_them(box):
    kept = messages(box)
    said = box.do("/opt/pigeonbox/current/src/install.sh", "--uninstall").stderr
    assert "Kept: /var/lib/pigeonbox" in said
    for gone in ("opt/pigeonbox", "etc/systemd/system/pigeonbox.service",
                 "etc/udev/rules.d/60-pigeonbox.rules", "usr/local/bin/pigeonbox"):  # fmt: skip
        assert not (box.root / gone).exists()
    assert box.tell("systemctl", "is-active", "pigeonbox") == "inactive"
    shutil.rmtree(box.root / "root/pigeonbox", ignore_errors=True)
    newer(box, "pigeonbox", migrates=True)  # the version that has written the data
    box.install()
    box.wait_well()
    assert messages(box) == kept


def test_removed_with_its_data_nothing_is_left(box):
    before = {f for f in box.facts("/etc", "/opt", "/usr/local", "/var/lib") if "pigeonbox" in f}
    assert before
    box.install("--uninstall", "--purge-data")
    after = {f for f in box.facts("/etc", "/opt", "/usr/local", "/var/lib") if "pigeonbox" in f}
    assert after == set()
    assert box.do("id", "pigeonbox", check=False).returncode != 0
    box.install("--uninstall")  # with nothing there, it says so and does no harm
