"""Every table that the store describes, wherever its model stands."""

from __future__ import annotations

import importlib
import pkgutil

import gateway.store
from gateway.store.file.table import Base


def import_store() -> None:
    """Every module of the store, so that everything it defines is there."""
    for module in pkgutil.walk_packages(gateway.store.__path__, "gateway.store."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)


def tables() -> tuple[type[Base], ...]:
    import_store()
    return tuple(sorted(Base.__subclasses__(), key=lambda model: model._meta.table_name))
