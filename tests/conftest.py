"""How every test runs, and fixtures that every test folder shares."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

from tests.components import need_corpus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Before NumPy is imported, so nothing here may import it at once: its threads wait for each other
# busily, which took a third of the processor time; several workers fill the cores without them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples in every run, so that none fails by chance; no clock decides, so that none
# fails on a busy machine. `--hypothesis-profile explore` looks at other examples each time.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", UNTIMED, derandomize=True)
settings.register_profile("explore", UNTIMED, print_blob=True)
settings.load_profile("steady")

REPOSITORY = Path(__file__).resolve().parent.parent

# Photographs inside scikit-image's wheel; its other pictures are downloaded on first use.
BUNDLED = (
    "astronaut",
    "camera",
    "chelsea",
    "coffee",
    "rocket",
    "hubble_deep_field",
    "motorcycle_left",
)


@pytest.fixture(scope="session")
def photographs() -> Mapping[str, NDArray[np.uint8]]:
    """Real photographs by name, (height, width, 3) uint8, read without any network."""
    import numpy as np

    package = find_spec("skimage")  # its own modules are not needed
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "data"
    found = {path.stem: path for path in folder.iterdir() if path.stem in BUNDLED}
    pictures = {}
    for name in BUNDLED:
        with Image.open(found[name]) as image:
            pictures[name] = np.asarray(image.convert("RGB"))
    return pictures


@pytest.fixture(scope="session")
def photograph(photographs: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """One photograph for tests that need just any: 512 x 512."""
    return photographs["astronaut"]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the wider picture corpus, which is no part of the project."""
    path = Path(os.environ.get("PROVENANCE_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    need_corpus(path)
    return path


@pytest.fixture(scope="session")
def cases() -> Path:
    """Folder of small files that failed once, which is not part of the project either."""
    path = Path(os.environ.get("PROVENANCE_CASES", REPOSITORY.parent / "shared" / "cases"))
    need_corpus(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def same_locks() -> Iterator[None]:
    """Embed one lock where a test names none, so that faint marks are read in every run or none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provenance.watermark.embedding.embedder.draw_lock", lambda: b"\x5a\xc3\x17")
        yield
