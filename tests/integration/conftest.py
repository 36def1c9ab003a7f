"""Two producers, what one of them stamped, and whoever verifies it with a directory of both."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from provenance import imaging
from provenance.directory import Directory
from provenance.stamp import StampedImage
from provenance.verify import Verifier
from tests.integration.studio import MODEL, VERSION, A, B, Pixels, Studio, open_studio, trust


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return open_studio(tmp_path_factory.mktemp("a"), A)


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
    return photographs["hubble_deep_field"]


@pytest.fixture(scope="module")
def other(photographs: Mapping[str, Pixels]) -> Pixels:
    return photographs["motorcycle_left"]


@pytest.fixture(scope="module")
def stamped(a: Studio, original: Pixels) -> StampedImage:
    return a.stamper.stamp(original, model=MODEL, model_version=VERSION, format="JPEG")


@pytest.fixture(scope="module")
def pixels(stamped: StampedImage) -> Pixels:
    return imaging.decode(stamped.data).rgb
