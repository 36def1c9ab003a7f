"""Build hooks: name the commit in what is built, and the project's address in its metadata.

Both run inside the build, with hatchling and the standard library only.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE = Path("src/provenance")


def load_about(root: Path) -> ModuleType:
    """Load the package's ``about`` without the package, whose dependencies are not here."""
    spec = importlib.util.spec_from_file_location("about", root / PACKAGE / "about.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{root / PACKAGE / 'about.py'} can't be loaded.")
    about = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = about  # dataclasses look their module up
    spec.loader.exec_module(about)
    return about


class BuildNote(BuildHookInterface[Any]):
    """Puts ``build.json`` beside ``about.py``, into the archive only: the checkout stays as it is.

    An editable install gets none, since its sources change; a source archive has one already.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Ask git for the commit, and add the file to the build."""
        root = Path(self.root)
        about = load_about(root)
        if version == "editable" or (root / PACKAGE / about.BUILD_FILE).exists():
            return
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / about.BUILD_FILE
        file.write_text(about.ask_git(root).to_json(), encoding="utf-8")
        inside = PACKAGE if self.target_name == "sdist" else Path(PACKAGE.name)
        build_data["force_include"][str(file)] = f"{inside.as_posix()}/{about.BUILD_FILE}"


class Address(MetadataHookInterface):
    """Names the project's address in the metadata, as soon as there is one."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``urls`` from :data:`provenance.about.ADDRESS`."""
        address = load_about(Path(self.root)).ADDRESS
        metadata["urls"] = {"Homepage": address} if address else {}
