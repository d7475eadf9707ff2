"""What holds for the code as a whole and no tool checks."""

import ast
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for top in ("gateway", "webui", "hw")
    for path in (ROOT / top).rglob("*.py")
}


def imported_by(module: str) -> Iterator[str]:
    """Every name in an import statement, in functions and under TYPE_CHECKING too."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield name if name in MODULES else base


def test_no_modules_import_each_other_in_a_circle() -> None:
    """A CycleError names the circle."""
    graph = {module: {*imported_by(module)} & MODULES.keys() for module in MODULES}
    TopologicalSorter(graph).prepare()
    assert len(graph) > 100  # the tree was found


def test_a_class_name_is_there_once() -> None:
    """Who reads a name knows which class is meant, without its import."""
    places: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_room_has_its_floor() -> None:
    """What the contract about floors does not name could import, and be imported by, anything."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (floors,) = (c["layers"] for c in contracts if c["name"] == "upper floors stand on lower ones")
    named = {room for floor in floors for room in floor.split(" | ")}
    rooms = {
        module
        for module in MODULES
        if module.startswith("gateway.")
        and module.count(".") == (2 if module.startswith("gateway.process.") else 1)
    } - {"gateway.process"}
    assert rooms - named == set()
    assert named - rooms == {"webui", "hw"}


# One small file for each thing of a kind: as many as there are things.
OF_A_KIND = {"gateway/health", "gateway/sms/national", "gateway/store/file/migrations"}
MOST_MODULES = 25
LONGEST = 400  # lines


def folders(*tops: str) -> dict[str, list[Path]]:
    """Each folder with modules, and these without __init__."""
    found: dict[str, list[Path]] = {}
    for top in tops:
        for path in (ROOT / top).rglob("*.py"):
            modules = found.setdefault(str(path.parent.relative_to(ROOT)), [])
            if path.name != "__init__.py":
                modules.append(path)
    return found


def test_no_folder_holds_more_than_a_reader_takes_in() -> None:
    crowded = {
        folder: len(modules)
        for folder, modules in folders("gateway", "webui", "hw", "tests").items()
        if len(modules) > MOST_MODULES and folder not in OF_A_KIND
    }
    assert crowded == {}
    assert len([p for p in (ROOT / "gateway").iterdir() if p.name != "__pycache__"]) <= 20


def test_no_folder_is_made_for_one_module() -> None:
    """The tests' folders are those of what they test, so one of theirs may hold one file."""
    known = folders("gateway", "webui", "hw")
    lonely = [
        folder
        for folder, modules in known.items()
        if len(modules) == 1 and not any(other.startswith(f"{folder}/") for other in known)
    ]
    assert lonely == []


def test_no_module_is_too_long_to_read_at_once() -> None:
    long = {
        str(path.relative_to(ROOT))
        for modules in folders("gateway", "webui", "hw", "tests").values()
        for path in modules
        if path.read_bytes().count(b"\n") > LONGEST
    }
    assert long == set()
