"""``provenance doctor``: check a config and all that it names, and say what to mend."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.canonical import to_utc_seconds
from provenance.cli import exits, render, settings
from provenance.errors import LogIntegrityError, ProvenanceError
from provenance.text import join_names

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.signers import Signer

Result = tuple[str, str, str]
"""What was checked; good, warning, failed or none; and what was found."""

SOON = timedelta(days=30)
"""Certificates and directories that end sooner are warned of: a new one takes weeks to get."""

SKEW_S = 5.0
"""Seconds that the clock may differ from the authority's, which takes one or two to answer."""


@click.command("doctor", short_help="Check the config, keys, registry, log, clock and authority.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per check.")
@click.option(
    "--offline", is_flag=True, help="Do not ask the time-stamp authority, nor compare the clock."
)
@settings.add_config_option
def command(as_json: bool, offline: bool, config_file: Path | None) -> int:
    """Check everything that the config names, and say what to mend.

    Nothing is changed; the time-stamp authority is asked for one stamp of nothing.

    Exit status: 0 when all is good or only warned of, 3 when something failed.
    """
    config = settings.require(config_file)
    failed = False
    for what, state, found in check(config, offline=offline):
        failed = failed or state == "failed"
        if as_json:
            render.print_json(
                {"schema": "provenance.doctor/1", "check": what, "state": state, "found": found}
            )
        else:
            render.say(f"{state:8} {what}: {found}")
    return exits.UNAVAILABLE if failed else exits.DONE


def check(config: Config, *, offline: bool) -> Iterator[Result]:
    """Yield the result of each check; what stops several is the finding of the first alone."""
    stopped: dict[str, str] = {}
    for what, state, found in _check_all(config, offline=offline):
        first = stopped.setdefault(found, what) if state == "failed" else what
        if first == what:
            yield what, state, found
        else:
            yield what, "none", f"not checked: first mend '{first}'"


def _check_all(config: Config, *, offline: bool) -> Iterator[Result]:
    yield "config", "good", f"{config.path} was read"
    yield _try("directory", lambda: _check_directory(config))
    yield _try("trust", lambda: _check_trust(config))
    keys: tuple[tuple[str, Callable[[], Signer | None], object], ...] = (
        ("signer", config.open_signer, config.signing),
        ("response key", config.open_responder, config.response.signer),
        ("examiner's key", config.open_examiner, config.trace.examiner_key),
        ("service's key", config.open_service_signer, config.service.signer),
    )
    for what, open_key, named in keys:
        yield _try(what, partial(_check_signer, config, open_key, named))
    yield _try("secrets", lambda: _check_secrets(config))
    yield _try("API keys", lambda: _check_api_keys(config))
    yield _try("endpoint", lambda: _check_endpoint(config))
    yield _try("registry", lambda: _check_registry(config))
    yield _try("log", lambda: _check_log(config))
    yield _try("access log", lambda: _check_access_log(config))
    if offline:
        yield "time-stamp authority", "none", "not asked"
    else:
        yield _try("time-stamp authority", lambda: _check_authority(config))


def _try(what: str, act: Callable[[], tuple[str, str]]) -> Result:
    try:
        return what, *act()
    except ProvenanceError as error:
        return what, "failed", f"{error} [{error.code}]"


def _check_signer(
    config: Config, open_key: Callable[[], Signer | None], named: object
) -> tuple[str, str]:
    """Sign something, and tell until when the certificate is valid."""
    from provenance.certificates import load_pem_chain, verify_signature

    signer = open_key() if named else None
    if signer is None:
        return "none", "the config names none"
    chain = load_pem_chain(signer.certificate_chain)
    probe = b"provenance doctor"
    if not verify_signature(chain[0], probe, signer.sign(probe)):
        return "failed", "the key is not that of the certificate: name the chain that belongs to it"
    now = datetime.now(UTC)
    known = config.load_trust().describe(chain, now)
    ends = f"valid until {to_utc_seconds(known.not_after)}"
    if not known.is_in_date(now):
        return "failed", f"{ends}: get a new certificate"
    if known.not_after - now < SOON:
        return "warning", f"{ends}: get a new certificate soon"
    return "good", ends


def _check_secrets(config: Config) -> tuple[str, str]:
    """Tell which files of secrets others may read."""
    registry, service = config.registry, config.service
    named = [
        *config.watermark.key_files,
        config.watermark.lock_key,
        config.trace.examiner_key,
        registry.log_key if registry else None,
        registry.account_key if registry else None,
        service.keys,
        config.directory.ask_keys,
        *_list_key_files(config),
    ]
    files = list(dict.fromkeys(path for path in named if path is not None))
    missing = [path for path in files if not path.exists() and path != service.keys]
    if missing:
        return "failed", f"there is no {join_names(list(map(str, missing)))}"
    there = [path for path in files if path.exists()]
    loose = [str(path) for path in there if path.stat().st_mode & 0o077]
    if loose:
        return "warning", f"others may read {join_names(loose)}: run chmod 600"
    return "good", f"{len(there)} files, which only their owner may read"


def _check_api_keys(config: Config) -> tuple[str, str]:
    """Count the keys of the service that still count."""
    from provenance.service import ApiKeys

    if config.service.keys is None:
        return "none", "the config names no file of them"
    granted, now = ApiKeys(config.service.keys).list(), datetime.now(UTC)
    ended = sum(not each.is_valid_at(now) for each in granted)
    return "good", f"{len(granted) - ended} count, {ended} have ended"


def _list_key_files(config: Config) -> Iterator[Path]:
    """Name the files that signers are kept in; where one is missing, its own check says so."""
    from provenance.signers import find_key_file

    uris = (config.signing and config.signing.signer, config.response.signer, config.service.signer)
    files = [find_key_file(uri, config.folder) for uri in uris if uri]
    yield from (path for path in files if path is not None and path.exists())


def _check_trust(config: Config) -> tuple[str, str]:
    trust, now = config.load_trust(), datetime.now(UTC)
    ended = [each for each in trust.certificates if each.not_valid_after_utc < now]
    if ended:
        name = ended[0].subject.rfc4514_string()
        return "warning", f"{name} has ended: take the list's newer edition"
    ages = [
        now - datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in config.trust.anchors
    ]
    age = f"; the oldest file is {max(ages).days} days old" if ages else ""
    return "good", f"authorities: {len(trust.certificates)}{age}"


def _check_directory(config: Config) -> tuple[str, str]:
    known, now = config.load_directory(), datetime.now(UTC)
    if known is None:
        return "none", "the config names none"
    for each in known.editions:
        if each.is_stale(now):
            return "warning", f"{each.file} is out of date: ask its signer for the newer edition"
        if each.valid_until is not None and each.valid_until - now < SOON:
            until = to_utc_seconds(each.valid_until)
            return "warning", f"{each.file} will be replaced by {until}"
    return "good", f"producers listed: {len(known.producers)}"


def _check_endpoint(config: Config) -> tuple[str, str]:
    """Tell whether the own entry leads to the own service."""
    address, producer = config.service.address, config.producer
    known = config.load_directory()
    if address is None or producer is None or known is None:
        return "none", "the config names no service.address, or lists nobody"
    named = {each.entry.endpoint for each in known.find_listings(producer.number)}
    if address.rstrip("/") in {each.rstrip("/") for each in named if each}:
        return "good", f"your directory entry leads to {address}"
    return "warning", (
        f"your directory entry does not lead to {address}, so nobody is sent here: run "
        "'provenance directory export' with --endpoint"
    )


def _check_registry(config: Config) -> tuple[str, str]:
    """Look something up, and tell how long that takes."""
    if config.registry is None:
        return "none", "the config names none"
    begun = time.monotonic()
    with config.open_registry(read_only=True) as registry:
        size, freshness = registry.size, registry.freshness
    took = f"{size:,} records, answered in {1000 * (time.monotonic() - begun):.0f} ms"
    if freshness is not None:
        age = datetime.now(UTC) - freshness.synced
        if age > timedelta(hours=config.registry.max_age_hours):
            synced = to_utc_seconds(freshness.synced)
            return "warning", f"{took}; a copy of {synced}: bring it up to date"
    return "good", took


def _check_log(config: Config) -> tuple[str, str]:
    """Compare the log with the checkpoint that was seen last."""
    from provenance.examine import load_seen

    if config.registry is None:
        return "none", "there is no registry"
    with config.open_registry(read_only=True) as registry:
        head = registry.checkpoint()
        path = config.registry.checkpoint
        seen = load_seen(path) if path is not None else None
        if seen is not None:
            registry.check_extends(seen.checkpoint)
    key = config.load_log_key() if registry.freshness is None else None
    if key is not None and head.signatures:
        try:
            head.require_key(key)
        except LogIntegrityError:
            return "failed", "another key than registry.log_key signed it: name that one"
        head.verify(key)
    kept = "continues what was seen" if seen else "nothing was seen before"
    if head.size and not head.signatures:
        return "warning", f"{head.size:,} entries, not signed: set registry.log_key; {kept}"
    return "good", f"{head.size:,} entries; {kept}"


def _check_access_log(config: Config) -> tuple[str, str]:
    from provenance import hashchain

    path = config.service.access_log or config.folder / "access.jsonl"
    if not path.exists():
        return "none", "the service has written none"
    try:
        entries, _ = hashchain.verify(path.read_bytes().splitlines())
    except hashchain.ChainError as error:
        return "failed", f"{path} was changed: {error}"
    return "good", f"{len(entries):,} look-ups, none changed"


def _check_authority(config: Config) -> tuple[str, str]:
    """Ask for a time stamp, and compare the clock with it."""
    from provenance.timestamps import ask, read

    section = config.signing
    if section is None or section.tsa is None:
        return "none", "the config names none; the clock was compared with nobody's"
    before, probe = datetime.now(UTC), b"provenance doctor"
    stamped = read(ask(section.tsa, probe), probe, config.load_trust().tsa_certificates)
    skew = min(abs((stamped.time - each).total_seconds()) for each in (before, datetime.now(UTC)))
    if skew > SKEW_S:
        return "failed", f"the clock differs by {skew:.0f} seconds: set it by NTP"
    if not stamped.trusted:
        return "warning", "it answers, but leads to none of trust.tsa_anchors: add its root"
    return "good", f"it answers; the clock differs by {skew:.1f} seconds at most"
