"""Figures, never pass or fail: `./install.sh bench`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    goal: str = ""  # what the project wants of it, in words
