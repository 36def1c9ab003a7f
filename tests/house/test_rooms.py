"""The house: a folder's modules are private, its ``__init__`` is its public face.

Other folders import what the face names, and nothing from behind it. A module that the face names
is public as a whole, such as one of several back ends. Tests and benches may look behind a face.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import provenance

ROOT = Path(provenance.__file__).parent
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything of ours that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("provenance"):
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("provenance."):
                    yield node.lineno, alias.name


def _is_module(parts: tuple[str, ...]) -> bool:
    path = ROOT.joinpath(*parts)
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _trespasses(room: str) -> Iterator[str]:
    """Yield where a room's modules reach past another room's face."""
    for path in sorted((ROOT / room).rglob("*.py")):
        for line, name in _imports(path):
            parts = tuple(name.split(".")[1:])
            if parts[0] != room and _is_module(parts[:2]) and not _is_named(parts):
                yield f"{path.relative_to(ROOT)}:{line}: {name}"


def _is_named(parts: tuple[str, ...]) -> bool:
    """Whether a face names the module that is imported, and whole."""
    face = importlib.import_module(f"provenance.{parts[0]}")
    return len(parts) == 1 or (len(parts) == 2 and parts[1] in getattr(face, "__all__", ()))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_entered_by_its_face(room: str) -> None:
    assert list(_trespasses(room)) == []


def _packages() -> Iterator[ModuleType]:
    yield provenance
    for found in pkgutil.walk_packages(provenance.__path__, "provenance."):
        if found.ispkg:
            yield importlib.import_module(found.name)


@pytest.mark.parametrize("package", list(_packages()), ids=lambda package: package.__name__)
def test_no_module_is_shadowed_by_a_name_of_its_package(package: ModuleType) -> None:
    modules = {found.name for found in pkgutil.iter_modules(package.__path__)}
    shadowed = {
        name for name in modules if not isinstance(getattr(package, name, package), ModuleType)
    }
    assert shadowed == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_holds(room: str) -> None:
    """The first line stands on the page of rooms."""
    docstring = importlib.import_module(f"provenance.{room}").__doc__ or ""
    assert 20 <= len(docstring.splitlines()[0]) <= 120


def test_every_folder_says_what_it_holds() -> None:
    """One without ``__init__`` would be a namespace: it imports, and no tool sees into it."""
    folders = {path.parent for path in ROOT.rglob("*.py")}
    assert {folder for folder in folders if not (folder / "__init__.py").is_file()} == set()
