"""What holds for the code as a whole and no tool checks."""

import ast
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
