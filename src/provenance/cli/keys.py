"""``provenance keys``: show the keys and certificates of a config, never their secrets."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.canonical import to_utc_seconds
from provenance.cli import api_keys, render, settings, signer_rotation
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from provenance.config import Config


_ALGORITHMS = click.Choice(("es256", "es384", "es512", "ed25519", "ps256"))


@click.group("keys", short_help="Show, make and rotate keys.", invoke_without_command=True)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per key, one per line."
)
@settings.add_config_option
@click.pass_context
def command(context: click.Context, as_json: bool, config_file: Path | None) -> None:
    """Show the keys that the config names: owner, expiry, and who may read the file.

    Secrets are never shown. The subcommands make new signers.
    """
    if context.invoked_subcommand is not None:
        return
    config = settings.require(config_file)
    settings.warn_of_unrooted(config)
    for key in _list_keys(config):
        if as_json:
            render.print_json(key)
            continue
        render.say(key["key"], "bold")
        render.print_fields([(name.replace("_", " "), key[name]) for name in key if name != "key"])


command.add_command(api_keys.grant)
command.add_command(api_keys.withdraw)


@command.command("make", short_help="Make a private key and a certificate request.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--producer", metavar="NAME", help="Owner of the key (default: the config's producer)."
)
@click.option(
    "--algorithm",
    type=_ALGORITHMS,
    default="es256",
    show_default=True,
    help="Algorithm of the key.",
)
@click.option(
    "--password-source",
    metavar="SOURCE",
    help="Encrypt the key with the password in env:NAME or file:PATH.",
)
@settings.add_config_option
def make(
    file: Path,
    producer: str | None,
    algorithm: str,
    password_source: str | None,
    config_file: Path | None,
) -> None:
    """Make a private key in FILE, and a certificate request next to it.

    Send the request (FILE with the suffix .csr) to your authority. Rotate to the key once you have
    the certificate. FILE must not exist yet.
    """
    from provenance.certificates import algorithms
    from provenance.files import write_atomic, write_private
    from provenance.signers import development, read_secret

    config = settings.load(config_file)
    name = producer or (config.producer.name if config and config.producer else None)
    if name is None:
        raise click.UsageError("The key needs an owner: add --producer NAME.")
    password = read_secret(password_source, Path()) if password_source else None
    key = algorithms.generate(algorithm)
    asked = development.request(name, key)
    write_private(file, development.encode_key(key, password))
    write_atomic(file.with_suffix(".csr"), asked)
    option = f"?password-source={password_source}" if password_source else ""
    render.say(f"Made {file}, readable by its owner only, and {file.with_suffix('.csr')}.")
    render.say("When your authority has sent the certificates as CHAIN.pem:")
    render.say(f"  provenance keys rotate --to '{'file:' + str(file) + option}' --chain CHAIN.pem")


@command.command("rotate", short_help="Stamp with another signer from now on.")
@click.option("--to", "uri", metavar="URI", help="New signer (default: a development signer).")
@click.option("--chain", type=click.Path(path_type=Path), help="Certificates of the new signer.")
@click.option(
    "--algorithm",
    type=_ALGORITHMS,
    default="es256",
    show_default=True,
    help="Algorithm of the new development key.",
)
@settings.add_config_option
def rotate(uri: str | None, chain: Path | None, algorithm: str, config_file: Path | None) -> None:
    """Stamp with another signer from now on; earlier stamps still verify.

    The command tries the new signer, and checks it against [trust] and the directory, before it
    changes the config file. Without --to, the development authority of "provenance init" issues
    the new signer. --chain is needed only if the certificates are not kept with the key.
    """
    config = settings.require(config_file)
    if config.signing is None:
        raise ConfigError(f"{config.path} has no section [signing], which this changes: add it.")
    chain = chain.absolute() if chain else None
    before = config.signing.signer
    uri = signer_rotation.rotate(config, _make_absolute(uri) if uri else None, chain, algorithm)
    render.say(f"{config.path} now signs with {uri}; before, it signed with {before}.")
    render.say(
        "Stamps of the old key stay provable until its certificate expires, and after that by a "
        "time stamp or a checkpoint of the log. Delete the old key where it is kept."
    )


def _make_absolute(uri: str) -> str:
    """Make a file's path absolute: in a config, relative paths start at the config's folder."""
    scheme, _, rest = uri.partition(":")
    return f"file:{Path(rest.removeprefix('//')).absolute()}" if scheme == "file" else uri


def _list_keys(config: Config) -> Iterator[dict[str, Any]]:
    """Open and describe every key: a key that can't be opened can't be used either."""
    if config.signing is not None:
        chain = config.open_signer().certificate_chain
        yield {
            "key": "signer",
            "kept_in": config.signing.signer,
            **_describe_certificate(chain),
            "trusted_here": _is_trusted(chain, config),
        }
    if place := config.trace.examiner_key:
        chain = _read(config.trace.examiner_chain or place)
        yield {"key": "examiner", **_describe_file(place), **_describe_certificate(chain)}
    if (responder := config.open_responder()) is not None:
        yield {
            "key": "responder",
            "kept_in": config.response.signer,
            **_describe_certificate(responder.certificate_chain),
            "bound_by_directory": _is_bound(responder.certificate_chain, config),
        }
    if config.registry is not None and config.registry.log_key is not None:
        yield {"key": "registry log", **_describe_log_key(config.registry.log_key)}
    if config.registry is not None and config.registry.account_key is not None:
        config.load_account_key()
        yield {"key": "accounts", **_describe_file(config.registry.account_key)}
    if config.watermark.lock_key is not None:
        config.watermark.load_lock_key()
        yield {"key": "locks", **_describe_file(config.watermark.lock_key)}
    for path, key in zip(config.watermark.key_files, config.load_keys(), strict=True):
        yield {
            "key": "watermark",
            **_describe_file(path),
            "sha256": hashlib.sha256(key).hexdigest(),
        }


def _is_trusted(chain: bytes, config: Config) -> bool:
    """Tell whether the trust lists vouch for the signer of manifests."""
    from datetime import UTC, datetime

    from provenance.certificates import load_pem_chain

    return config.load_trust().describe(load_pem_chain(chain), datetime.now(UTC)).anchored


def _is_bound(chain: bytes, config: Config) -> bool:
    """Tell whether the producer's own directory entry binds the key, so that answers count."""
    from provenance.certificates import encode_public_key, load_pem_chain
    from provenance.directory import KeyUse

    directory, producer = config.load_directory(), config.producer
    if directory is None or producer is None:
        return False
    spki = encode_public_key(load_pem_chain(chain)[0])
    found = directory.find_listings(producer.number)
    return any(each.entry.find_key(KeyUse.RESPONSE, spki) is not None for each in found)


def _describe_certificate(chain: bytes) -> dict[str, Any]:
    from provenance.certificates import algorithms, describe, load_pem_chain

    signer = describe(load_pem_chain(chain))
    return {
        "subject": signer.subject,
        "issuer": signer.issuer,
        "algorithm": algorithms.name_algorithm(load_pem_chain(chain)[0].public_key()),
        "valid_from": to_utc_seconds(signer.not_before),
        "valid_to": to_utc_seconds(signer.not_after),
        "sha256": signer.sha256,
    }


def _describe_log_key(path: Path) -> dict[str, Any]:
    from provenance.signers import LogKey

    return {**_describe_file(path), "public_key": LogKey.from_pem(_read(path)).public.raw.hex()}


def _describe_file(path: Path) -> dict[str, Any]:
    """Say where a secret is kept, and whether others than its owner may read it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    open_to = "others too: run chmod 600" if mode & 0o077 else "its owner only"
    return {"kept_in": str(path), "readable_by": open_to}


def _read(path: Path) -> bytes:
    from provenance.certificates import MAX_FILE_BYTES
    from provenance.files import read_named

    return read_named(path, "key", MAX_FILE_BYTES, ConfigError)
