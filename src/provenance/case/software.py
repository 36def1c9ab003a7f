"""The software that an examination ran on, so that it can be repeated with the same."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from provenance import __version__, fingerprint, watermark
from provenance.about import find_running_build

# They read pictures, find marks and check signatures; another version may give another result.
_PACKAGES = ("c2pa-python", "cryptography", "numpy", "pillow", "pywavelets", "scipy")


def list_software() -> dict[str, str]:
    """Name program and algorithms, then the packages and the machine, each with its version."""
    return {
        "provenance": f"{__version__} ({find_running_build()})",
        "watermark": watermark.ALG.rpartition("provenance.")[2],
        "PDQ": f"match at {fingerprint.MATCH_DISTANCE} bits, quality {fingerprint.MIN_QUALITY}",
        **{name: _version(name) for name in _PACKAGES},
        platform.python_implementation(): platform.python_version(),
        "on": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed from a copy without its metadata
        return "unknown"
