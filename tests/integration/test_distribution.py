"""What is built installs into an empty environment, under a name that is ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from provenance.distribution import EXTRAS, NAME, refuse_stranger, say_install
from provenance.errors import ConfigError
from tests.conftest import REPOSITORY
from tests.once import once

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]

STRANGER = "Metadata-Version: 2.1\nName: provenance\nVersion: 0.14.1\n"


def run(*command: object, status: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and source archive."""
    return once(tmp_path_factory, "built", _build)


def _build(folder: Path) -> None:
    script = "from hatchling.cli import hatchling; raise SystemExit(hatchling())"
    command = (sys.executable, "-c", script, "build", "-d", str(folder))
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)


def install(folder: Path, archive: Path) -> Path:
    """Install an archive, and nothing else, into a new environment; return its Python.

    What it depends on is lent by the environment of the tests, since there is no network here.
    """
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", archive)
    return python


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_an_archive_installs_into_an_empty_environment(
    kind: str, built: Path, tmp_path: Path
) -> None:
    (archive,) = built.glob(kind)
    python = install(tmp_path / "new", archive)
    place = run(python, "-c", "import provenance; print(provenance.__file__)")
    assert str(tmp_path / "new") in place
    project = tmp_path / "project"
    run(python.with_name("provenance"), "init", project, "--producer", "Example AI")
    shown = run(python.with_name("provenance"), "keys", "--config", project / "provenance.toml")
    assert "Development signer" in shown
    schemas = run(python, "-c", "from provenance.schemas import *; print(read_schema('verdict'))")
    assert json.loads(schemas)["title"] == "provenance verdict"


def test_the_metadata_have_our_name_and_no_package_of_others(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    assert metadata["Name"] == NAME == PROJECT["name"]
    assert wheel.name.startswith("image_provenance-")


def test_the_other_project_in_the_same_folder_is_refused(built: Path, tmp_path: Path) -> None:
    """Both have files of the same names, and the one that came later has put its own there."""
    (wheel,) = built.glob("*.whl")
    python = install(tmp_path / "new", wheel)
    (place,) = (tmp_path / "new").glob("lib/*/site-packages")
    stranger = place / "provenance-0.14.1.dist-info"
    stranger.mkdir()
    (stranger / "METADATA").write_text(STRANGER)
    said = run(python.with_name("provenance"), "--help", status=2)
    assert said.startswith("error: The distribution 'provenance' is installed in ")
    assert "uninstall both" in said
    with pytest.raises(ConfigError, match="another project"):
        refuse_stranger(place / "provenance")


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_an_extra_needs_is_what_the_project_says(extra: str) -> None:
    assert PROJECT["optional-dependencies"][extra] == list(EXTRAS[extra])
    quoted = [f"'{each.partition(';')[0]}'" for each in EXTRAS[extra]]
    assert say_install(extra).split() == ["pip", "install", *quoted]


def test_no_text_names_a_package_of_ours_to_install() -> None:
    """Nobody has registered our name yet, and the name of the import is somebody else's."""
    pages = (page for page in (REPOSITORY / "docs").rglob("*.md") if page.parent.name != "adr")
    for file in (*(REPOSITORY / "src").rglob("*.py"), REPOSITORY / "README.md", *pages):
        text = file.read_text(encoding="utf-8")
        for word in ("pip install provenance", "pip install 'provenance", f"pip install {NAME}"):
            assert word not in text, file
