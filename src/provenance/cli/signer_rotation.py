"""Rotate a config to another signer: check the signer first, then write it into the file."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.cli import project
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.signers import Signer

_SECTION = re.compile(r"^[ \t]*\[([^\]]*)\]", re.MULTILINE)
_TEXT = r"(\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"


def rotate(config: Config, uri: str | None, chain: Path | None, algorithm: str) -> str:
    """Change to another signer, or to a new one by the development authority; return its URI.

    After a failure everything is as it was.

    Raises
    ------
    ConfigError
        There is no development authority, this config would not believe stamps by the signer, or
        the file can't be changed.
    """
    if uri is not None:
        check(config, uri, chain)
        switch(config, uri, chain)
        return uri
    file = _renew(config, algorithm)
    try:
        return rotate(config, f"file:{file.relative_to(config.folder)}", None, algorithm)
    except BaseException:
        file.unlink()
        raise


def _renew(config: Config, algorithm: str) -> Path:
    """Have the development authority issue a signer, in a file of its own.

    Raises
    ------
    ConfigError
        There is no development authority.
    """
    from provenance.certificates import read_file
    from provenance.files import write_private
    from provenance.signers import development

    folder = config.folder
    authority, key = folder / project.AUTHORITY, folder / project.AUTHORITY_KEY
    if config.producer is None or not (authority.is_file() and key.is_file()):
        raise ConfigError(
            f"There is no development authority in {folder / project.KEYS}; name the new signer "
            "with --to, after 'provenance keys make' and a certificate from your authority."
        )
    made = development.renew(config.producer.name, read_file(authority), read_file(key), algorithm)
    file = next(path for path in _list_numbered(folder / project.SIGNER) if not path.exists())
    write_private(file, made)
    return file


def check(config: Config, uri: str, chain: Path | None) -> Signer:
    """Open a signer, have it sign, and check that this config would believe what it signs.

    Raises
    ------
    ConfigError
        The config would not: stamps that their own producer can't verify help nobody.
    """
    from provenance.certificates import describe, load_pem_chain, verify_signature
    from provenance.signers import open_signer

    signer = open_signer(uri, chain, folder=config.folder)
    certificates = load_pem_chain(signer.certificate_chain)
    if not verify_signature(certificates[0], b"rotation", signer.sign(b"rotation")):
        raise ConfigError(
            "The new signer's certificate does not verify what it signs; name the certificate of "
            "its key with --chain."
        )
    trust, directory = config.load_trust(), config.load_directory()
    described = describe(certificates, trust.certificates, datetime.now(UTC))
    if not described.anchored:
        raise ConfigError(
            "The new signer's certificate does not lead to an anchor in [trust]; complete its "
            "chain, or add its authority."
        )
    number = config.producer.number if config.producer else 0
    if directory is not None and directory.knows(number) and not directory.binds(number, described):
        raise ConfigError(
            f"The directory does not bind the new certificate to producer {number}; have it "
            "listed there first."
        )
    return signer


def switch(config: Config, uri: str, chain: Path | None) -> None:
    """Write the signer into the config file, and leave the rest of the file as it is.

    Raises
    ------
    ConfigError
        The file is written in a way that can't be changed safely.
    """
    from provenance.files import write_atomic

    before = config.path.read_text(encoding="utf-8")
    after = replace_signer(before, uri, None if chain is None else str(chain))
    write_atomic(config.path, after.encode(), overwrite=True)


def replace_signer(text: str, uri: str, chain: str | None) -> str:
    """Return the text of a config with another signer.

    Raises
    ------
    ConfigError
        The text can't be changed safely.
    """
    wanted = tomllib.loads(text)
    wanted["signing"]["signer"] = uri
    wanted["signing"].pop("chain", None)
    if chain is not None:
        wanted["signing"]["chain"] = chain
    start, end = _find_signing(text)
    section = re.sub(
        rf"^[ \t]*chain[ \t]*=[ \t]*{_TEXT}.*\n", "", text[start:end], flags=re.MULTILINE
    )
    signer = f"signer = {json.dumps(uri)}"
    if chain is not None:
        signer += f"\nchain = {json.dumps(chain)}"
    section = re.sub(
        rf"^[ \t]*signer[ \t]*=[ \t]*{_TEXT}",
        lambda _: signer,
        section,
        count=1,
        flags=re.MULTILINE,
    )
    changed = text[:start] + section + text[end:]
    try:
        if tomllib.loads(changed) == wanted:
            return changed
    except tomllib.TOMLDecodeError:
        pass
    raise ConfigError(f"The config can't be changed safely; write this into [signing]: {signer}")


def _find_signing(text: str) -> tuple[int, int]:
    """Find where the section ``[signing]`` starts and ends."""
    sections = [*((found[1].strip(), found.end()) for found in _SECTION.finditer(text))]
    starts = [found.start() for found in _SECTION.finditer(text)]
    for number, (name, start) in enumerate(sections):
        if name == "signing":
            return start, starts[number + 1] if number + 1 < len(starts) else len(text)
    return len(text), len(text)


def _list_numbered(path: Path) -> list[Path]:
    return [path.with_stem(f"{path.stem}-{number}") for number in range(2, 10_000)]
