"""The locks pin what ``pyproject.toml`` asks for, as ``make lock`` writes them; all offline."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import REPOSITORY

LOCKS = sorted((REPOSITORY / "locks").glob("*.txt"))
PROJECT: Mapping[str, Any] = tomllib.loads(
    (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
)
EXTRAS: Mapping[str, list[str]] = PROJECT["project"]["optional-dependencies"]
ASKED = {
    "test": [
        *PROJECT["project"]["dependencies"],
        *(asked for extra in ("test", "dev", "docs", "fuzz") for asked in EXTRAS[extra]),
    ],
    "container": [*PROJECT["project"]["dependencies"], *EXTRAS["container"]],
    **PROJECT["dependency-groups"],
}
PIN = re.compile(r"^(?P<pin>[^\s#]\S*==[^\s;]+)(?P<rest>.*(?:\n .*)*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def direct(requirements: Iterable[str]) -> list[Requirement]:
    """The requirements with this project's own extras taken apart."""
    found: list[Requirement] = []
    for requirement in map(Requirement, requirements):
        if requirement.name == PROJECT["project"]["name"]:
            for extra in requirement.extras:
                found += direct(EXTRAS[extra])
        else:
            found.append(requirement)
    return found


def pins(name: str) -> dict[str, list[tuple[Version, str]]]:
    """Versions and the rest of the entry, by package; several when they depend on the Python."""
    text = (REPOSITORY / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    found: dict[str, list[tuple[Version, str]]] = {}
    for entry in PIN.finditer(text):
        package, _, version = entry["pin"].partition("==")
        found.setdefault(canonicalize_name(package.partition("[")[0]), []).append(
            (Version(version), entry["rest"])
        )
    return found


def test_there_is_a_lock_for_each_environment() -> None:
    assert {lock.stem for lock in LOCKS} == set(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_a_lock_pins_what_is_asked_for(name: str) -> None:
    locked = pins(name)
    for requirement in direct(ASKED[name]):
        for version, _ in locked[canonicalize_name(requirement.name)]:
            assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("name", ASKED)
def test_a_lock_pins_nothing_that_nobody_asks_for(name: str) -> None:
    asked = {canonicalize_name(requirement.name) for requirement in direct(ASKED[name])}
    ours = re.compile(r"# +(?:via )?image-provenance \(pyproject\.toml")
    named = {
        package
        for package, entries in pins(name).items()
        if any(ours.search(rest) for _, rest in entries)
    }
    assert named == asked


@pytest.mark.parametrize("name", ASKED)
def test_every_pin_has_hashes(name: str) -> None:
    for package, entries in pins(name).items():
        assert all(HASH.search(rest) for _, rest in entries), package


def test_the_container_gets_what_the_tests_ran_on() -> None:
    def versions(name: str) -> set[tuple[str, Version]]:
        return {(package, version) for package, all_ in pins(name).items() for version, _ in all_}

    assert versions("container") <= versions("test")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_registry(lock: Any) -> None:
    assert not re.search(r"://|^ *-(?!-hash=)", lock.read_text(encoding="utf-8"), re.MULTILINE)
