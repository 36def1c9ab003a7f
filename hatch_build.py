"""Build hooks: name commit and address in what is built, and add the offline page.

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
PAGE = Path("reader/page/dist")  # what `make page` writes
PAGE_INSIDE = "page/built"  # its place in the package


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
    """Puts what was built or asked for into the archive only: the checkout stays as it is.

    ``build.json`` goes beside ``about.py``, and the offline page into ``page/built``, where
    ``make page`` built it. An editable install gets neither, since its sources change; a source
    archive has both already.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Ask git for the commit, and add the files to the build."""
        if version == "editable":
            return
        root = Path(self.root)
        about = load_about(root)
        inside = PACKAGE if self.target_name == "sdist" else Path(PACKAGE.name)
        added: dict[str, str] = build_data["force_include"]
        if not (root / PACKAGE / about.BUILD_FILE).exists():
            self._folder = tempfile.TemporaryDirectory()
            file = Path(self._folder.name) / about.BUILD_FILE
            file.write_text(about.ask_git(root).to_json(), encoding="utf-8")
            added[str(file)] = f"{inside.as_posix()}/{about.BUILD_FILE}"
        if (root / PAGE).is_dir() and not (root / PACKAGE / PAGE_INSIDE).exists():
            added[str(root / PAGE)] = f"{inside.as_posix()}/{PAGE_INSIDE}"


class Address(MetadataHookInterface):
    """Names the project's address in the metadata, as soon as there is one."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``urls`` from :data:`provenance.about.ADDRESS`."""
        address = load_about(Path(self.root)).ADDRESS
        metadata["urls"] = {"Homepage": address} if address else {}
