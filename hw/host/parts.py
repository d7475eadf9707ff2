"""The list of what a release is made of, and whether it is still that; run by the release's Python.

list RELEASE REPORT...  CycloneDX 1.6 in JSON, from pip's reports of what it fetched
check FOLDER            exit 1 and a line for each library in FOLDER that is not as it was fetched
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import sys
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Any

LIST = "parts.cdx.json"
OWN = "pigeonbox"


def listing(release: str, reports: Iterable[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """The list of parts (https://cyclonedx.org/docs/1.6/json/) of `release`, its name and sum."""
    libraries = [_library(part) for report in reports for part in report["install"]]
    python = {
        "type": "platform",
        "bom-ref": "python",
        "name": platform.python_implementation(),
        "version": platform.python_version(),
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid4().urn,
        "version": 1,
        "metadata": {
            "timestamp": at.isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": OWN,
                "name": OWN,
                "version": release,
            },
        },
        "components": [*sorted(libraries, key=lambda part: str(part["name"])), python],
    }


def _library(part: dict[str, Any]) -> dict[str, Any]:
    """One entry of pip's installation report (its manual: Installation Report) as a component."""
    name, version = part["metadata"]["name"], part["metadata"]["version"]
    archive = part["download_info"]["archive_info"]
    sha256 = archive.get("hashes", {}).get("sha256") or archive["hash"].removeprefix("sha256=")
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
        "externalReferences": [{"type": "distribution", "url": part["download_info"]["url"]}],
    }


def differences(parts: dict[str, Any], where: str | None = None) -> Iterator[str]:
    """What of the list is not installed as it was fetched, and what is installed beside it.

    `where`: the folder of libraries; None: this Python's own.
    """
    listed = {p["name"].lower(): p["version"] for p in parts["components"] if "purl" in p}
    for name, version in [*sorted(listed.items()), (OWN, None)]:
        try:
            found = _find(name, where)
        except PackageNotFoundError:
            yield f"{name} is not installed"
            continue
        if version and found.version != version:
            yield f"{name} is {found.version}, not {version}"
        for file in found.files or ():
            if file.hash and _digest(Path(str(file.locate()))) != file.hash.value:
                yield f"{name}: {file} has been changed"
    for other in distributions(path=[where]) if where else distributions():
        name = other.metadata["Name"].lower()
        if name not in {*listed, OWN, "pip", "lgpio"}:
            yield f"{name} {other.version} is installed and in no list"


def _find(name: str, where: str | None) -> Distribution:
    if where is None:
        return distribution(name)
    for found in Distribution.discover(name=name, path=[where]):
        return found
    raise PackageNotFoundError(name)


def _digest(file: Path) -> str:
    """As in a RECORD (PEP 376, PEP 427): urlsafe base64 of SHA-256 without padding."""
    try:
        sum_ = hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return ""
    return base64.urlsafe_b64encode(sum_).rstrip(b"=").decode()


def main(words: list[str]) -> int:
    match words:
        case ["list", release, *reports]:
            read = [json.loads(Path(report).read_text()) for report in reports]
            json.dump(listing(release, read, datetime.now(UTC)), sys.stdout, indent=1)
            return 0
        case ["check", folder]:
            found = list(differences(json.loads((Path(folder) / LIST).read_text())))
            print("\n".join(found), end="\n" if found else "")
            return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
