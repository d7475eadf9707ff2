"""Upgrades on real Debian systems: data go along, and what does not run is taken back."""

from __future__ import annotations

import pytest

from tests.install.appliance import DATA, messages, migrations, newer, own_code
from tests.install.machines import Machine
from tests.support.box import eventually

pytestmark = [pytest.mark.appliance, pytest.mark.timeout(900)]


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
