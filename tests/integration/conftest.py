"""Two producers, what one of them stamped, and whoever verifies it with a directory of both."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from provenance import imaging
from provenance.directory import Directory
from provenance.stamp import StampedImage
from provenance.verify import Verifier
from tests.integration.studio import MODEL, VERSION, A, B, Pixels, Studio, open_studio, trust
from tests.once import once

ORIGINAL = "hubble_deep_field"


STAMPED = "stamped.pickle"


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory, photographs: Mapping[str, Pixels]) -> Path:
    """A's studio after its first stamp, made once per run."""

    def make(folder: Path) -> None:
        studio = open_studio(folder, A)
        stamped = studio.stamper.stamp(
            photographs[ORIGINAL], model=MODEL, model_version=VERSION, format="JPEG"
        )
        studio.registry.close()
        (folder / STAMPED).write_bytes(pickle.dumps(stamped))

    return once(tmp_path_factory, "studio", make)


@pytest.fixture(scope="module")
def a(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("a")
    return open_studio(shutil.copytree(begun, folder, dirs_exist_ok=True), A)


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return open_studio(tmp_path_factory.mktemp("b"), B)


@pytest.fixture(scope="module")
def directory(a: Studio, b: Studio) -> Directory:
    return Directory([a.entry, b.entry])


@pytest.fixture(scope="module")
def verifier(a: Studio, b: Studio, directory: Directory) -> Verifier:
    return Verifier(registry=a.registry, trust=trust(a, b), directory=directory)


@pytest.fixture(scope="module")
def original(photographs: Mapping[str, Pixels]) -> Pixels:
    return photographs[ORIGINAL]


@pytest.fixture(scope="module")
def other(photographs: Mapping[str, Pixels]) -> Pixels:
    return photographs["motorcycle_left"]


@pytest.fixture(scope="module")
def stamped(begun: Path) -> StampedImage:
    """What A stamped, which is in A's registry."""
    stamped: StampedImage = pickle.loads((begun / STAMPED).read_bytes())
    return stamped


@pytest.fixture(scope="module")
def pixels(stamped: StampedImage) -> Pixels:
    return imaging.decode(stamped.data).rgb
