"""A producer's project folder: config, development keys, registry and directory file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from provenance.errors import OutputExistsError, OutputNotWritableError
from provenance.project_file import FILE_NAME

KEYS = "keys"
AUTHORITY, AUTHORITY_KEY = f"{KEYS}/authority.pem", f"{KEYS}/authority-key.pem"
SIGNER, EXAMINER, LOG_KEY = f"{KEYS}/signer.pem", f"{KEYS}/examiner.pem", f"{KEYS}/log.pem"
RESPONDER = f"{KEYS}/responder.pem"
ACCOUNT_KEY, LOCK_KEY = f"{KEYS}/account.key", f"{KEYS}/lock.key"
REGISTRY, DIRECTORY = "stamps.db", "directory.json"


def create(folder: Path, producer: str, contact: str = "none given") -> Path:
    """Make a project in ``folder`` and return its config file.

    ``contact`` is where the directory sends questions about the producer's pictures. After a
    failure nothing new is left behind.

    Raises
    ------
    OutputExistsError
        The folder holds a project already.
    OutputNotWritableError
        The folder can't be used.
    ConfigError
        A certificate can't hold the name.
    """
    from provenance.directory import draw_number

    config = name_config(folder)
    pems = (AUTHORITY, AUTHORITY_KEY, SIGNER, EXAMINER, RESPONDER, LOG_KEY)
    with keep_whole(folder, (*pems, ACCOUNT_KEY, LOCK_KEY, REGISTRY, DIRECTORY, FILE_NAME)):
        number = draw_number()
        _write_keys(folder, producer)
        _make_registry(folder)
        _write_directory(folder, producer, number, contact)
        _write_config(config, producer, number)
    return config


def _write_keys(folder: Path, producer: str) -> None:
    from provenance.accounts import AccountKey
    from provenance.files import write_atomic, write_private
    from provenance.signers import LogKey, development
    from provenance.watermark import LockKey

    keys = development.create(producer)
    write_atomic(folder / AUTHORITY, keys.authority)
    write_private(folder / AUTHORITY_KEY, keys.authority_key)
    write_private(folder / SIGNER, keys.signer)
    write_private(folder / EXAMINER, keys.examiner)
    write_private(folder / RESPONDER, keys.responder)
    write_private(folder / LOG_KEY, LogKey.generate().to_pem())
    write_private(folder / ACCOUNT_KEY, AccountKey.generate().secret.hex().encode() + b"\n")
    write_private(folder / LOCK_KEY, LockKey.generate().secret.hex().encode() + b"\n")


def _make_registry(folder: Path) -> None:
    from provenance.registry import open_registry

    open_registry(f"sqlite:///{REGISTRY}", folder / LOG_KEY, create=True, base=folder).close()


def _write_directory(folder: Path, producer: str, number: int, contact: str) -> None:
    """Bind the number to all that the authority issues to this signer, so that it can renew.

    The authority signs for itself: whoever loads the file trusts it for this entry alone.
    """
    from provenance.certificates import (
        encode_public_key,
        hash_certificate,
        load_pem_chain,
        to_pem,
    )
    from provenance.directory import (
        DirectoryProducer,
        IssuerBinding,
        KeyUse,
        bind_keys,
        export,
    )
    from provenance.files import write_atomic
    from provenance.signers import LogKey, open_signer

    signer = open_signer(f"file:{AUTHORITY_KEY}", Path(AUTHORITY), folder=folder)
    (certificate,) = load_pem_chain((folder / SIGNER).read_bytes())
    (responder,) = load_pem_chain((folder / RESPONDER).read_bytes())
    (authority,) = load_pem_chain(signer.certificate_chain)
    log = LogKey.from_pem((folder / LOG_KEY).read_bytes()).public
    entry = DirectoryProducer(
        number=number,
        name=producer,
        contact=contact,
        binding=IssuerBinding(hash_certificate(authority), certificate.subject.rfc4514_string()),
        valid_from=certificate.not_valid_before_utc,
        authority=to_pem(authority).decode("ascii"),
    )
    now = datetime.now(UTC)
    present = {KeyUse.LOG: log.spki, KeyUse.RESPONSE: encode_public_key(responder)}
    write_atomic(folder / DIRECTORY, export([bind_keys(entry, present, now)], signer, now))


def _write_config(config: Path, producer: str, number: int) -> None:
    from importlib.resources import files

    from provenance.files import write_atomic

    template = files("provenance.cli").joinpath("project.toml").read_text(encoding="utf-8")
    text = Template(template).substitute(
        name=json.dumps(producer, ensure_ascii=False),  # a JSON string is a TOML string
        number=number,
        signer=SIGNER,
        registry=REGISTRY,
        log_key=LOG_KEY,
        account_key=ACCOUNT_KEY,
        lock_key=LOCK_KEY,
        directory=DIRECTORY,
        examiner=EXAMINER,
        responder=RESPONDER,
    )
    write_atomic(config, text.encode())


def name_config(folder: Path) -> Path:
    """Return where the config of a new project goes.

    Raises
    ------
    OutputExistsError
        The folder holds a project already.
    """
    config = folder / FILE_NAME
    if config.exists():
        raise OutputExistsError(
            f"{config} exists already, and a project is never changed: name another folder."
        )
    return config


@contextmanager
def keep_whole(folder: Path, names: Iterable[str], *, keys: bool = True) -> Iterator[None]:
    """Make the folders; if the rest fails, remove what was made and leave what was there.

    ``names`` are the files that are about to be made; ``keys``: some of them are keys.

    Raises
    ------
    OutputNotWritableError
        The folder can't be used.
    """
    missing = [path for name in names if not (path := folder / name).exists()]
    made = [path for path in (folder / KEYS, folder) if not path.exists()]
    try:
        (folder / KEYS if keys else folder).mkdir(parents=True, exist_ok=True)
        yield
    except BaseException as error:
        for path in missing:
            with suppress(OSError):  # it was never made, or its folder is none
                path.unlink()
        for path in made:
            with suppress(OSError):  # it was never made, or is not empty
                path.rmdir()
        if isinstance(error, OSError):
            raise OutputNotWritableError(
                f"The folder {folder} can't be used: {error.strerror}. Name another one."
            ) from error
        raise
