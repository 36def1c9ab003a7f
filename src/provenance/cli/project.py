"""A producer's project folder: config, development keys, registry and directory file."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template

from provenance.cli.settings import FILE_NAME
from provenance.errors import OutputExistsError, OutputNotWritableError

KEYS = "keys"
AUTHORITY, AUTHORITY_KEY = f"{KEYS}/authority.pem", f"{KEYS}/authority-key.pem"
SIGNER, EXAMINER, LOG_KEY = f"{KEYS}/signer.pem", f"{KEYS}/examiner.pem", f"{KEYS}/log.pem"
REGISTRY, DIRECTORY = "stamps.db", "directory.json"

# Numbers below are assigned by a published directory. From here up anyone draws one at random, and
# no mark is ever named by such a number alone (DESIGN, section 6).
_FIRST_FREE_NUMBER = 0x80000
_NUMBERS = 0x100000  # 20 bits


def create(folder: Path, producer: str) -> Path:
    """Make a project in ``folder`` and return its config file.

    Raises OutputExistsError when there is one already, OutputNotWritableError when the folder can't
    be used, ConfigError when a certificate can't hold the name. Then nothing new is left behind.
    """
    config = folder / FILE_NAME
    if config.exists():
        raise OutputExistsError(f"{config} exists already; an existing project is never changed")
    with _undone_on_failure(folder):
        number = _FIRST_FREE_NUMBER + secrets.randbelow(_NUMBERS - _FIRST_FREE_NUMBER)
        _write_keys(folder, producer)
        _make_registry(folder)
        _write_directory(folder, producer, number)
        _write_config(config, producer, number)
    return config


def _write_keys(folder: Path, producer: str) -> None:
    from provenance.imaging import write_atomic
    from provenance.signing import development
    from provenance.signing.keyfile import write_private
    from provenance.signing.logkey import LogKey

    keys = development.create(producer)
    write_atomic(folder / AUTHORITY, keys.authority)
    write_private(folder / AUTHORITY_KEY, keys.authority_key)
    write_private(folder / SIGNER, keys.signer)
    write_private(folder / EXAMINER, keys.examiner)
    write_private(folder / LOG_KEY, LogKey.generate().pem())


def _make_registry(folder: Path) -> None:
    from provenance.registry import open_registry

    open_registry(f"sqlite:///{REGISTRY}", folder / LOG_KEY, base=folder).close()


def _write_config(config: Path, producer: str, number: int) -> None:
    from importlib.resources import files

    from provenance.imaging import write_atomic

    template = files("provenance.cli").joinpath("project.toml").read_text(encoding="utf-8")
    text = Template(template).substitute(
        name=json.dumps(producer, ensure_ascii=False),  # a JSON string is a TOML string
        number=number,
        signer=SIGNER,
        registry=REGISTRY,
        log_key=LOG_KEY,
        authority=AUTHORITY,
        directory=DIRECTORY,
        examiner=EXAMINER,
    )
    write_atomic(config, text.encode())


@contextmanager
def _undone_on_failure(folder: Path) -> Iterator[None]:
    """Make the folders; when the rest fails, remove what was made and leave what was there."""
    names = (AUTHORITY, AUTHORITY_KEY, SIGNER, EXAMINER, LOG_KEY, REGISTRY, DIRECTORY, FILE_NAME)
    missing = [path for name in names if not (path := folder / name).exists()]
    made = [path for path in (folder / KEYS, folder) if not path.exists()]
    try:
        (folder / KEYS).mkdir(parents=True, exist_ok=True)
        yield
    except BaseException as failure:
        for path in missing:
            path.unlink(missing_ok=True)
        for path in made:
            with suppress(OSError):  # never made, or somebody else put something in
                path.rmdir()
        if isinstance(failure, OSError):
            raise OutputNotWritableError(f"{folder} can't be used: {failure.strerror}") from failure
        raise
