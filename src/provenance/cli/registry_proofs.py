"""``provenance registry prove``, ``check-proof`` and ``witness``: proofs as files for others."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, outputs, render, settings
from provenance.cli.log_keys import find_key_of
from provenance.cli.registry_log import read_checkpoint
from provenance.errors import ConfigError, LogIntegrityError, RecordNotFoundError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.registry import (
        Checkpoint,
        ConsistencyProof,
        Cosignature,
        InclusionProof,
        Registry,
        VerifierKey,
    )

SCHEMA = "provenance.log-proof/1"
"""Name and version of the object that ``registry check-proof --json`` prints."""


@click.command("prove", short_help="Write a proof that the log holds a stamp.")
@click.argument("stamp_id", required=False)
@outputs.add_output_option("File to write.")
@click.option("--revocation", is_flag=True, help="Prove the stamp's revocation, not its record.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Prove it against this checkpoint of the log, such as one that witnesses cosigned "
    "(default: the present one).",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Without a STAMP_ID: prove that the log extends this checkpoint, or with 'none' that "
    "there was none; this is what witnesses take.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@settings.add_config_option
def prove(
    stamp_id: str | None,
    output: Path,
    revocation: bool,
    checkpoint: Path | None,
    since: Path | None,
    force: bool,
    config_file: Path | None,
) -> None:
    """Write a proof that others check by themselves: the log holds STAMP_ID, or extends a state.

    The proof of a stamp is a C2SP tlog-proof with the record's fields. The proof of an extension is
    the request of C2SP's tlog-witness.
    """
    from provenance.files import write_atomic

    if (stamp_id is None) == (since is None):
        raise click.UsageError("Give either a STAMP_ID, or --since CHECKPOINT.")
    config = settings.require(config_file)
    with config.open_registry(read_only=True) as registry:
        proof: InclusionProof | ConsistencyProof
        if stamp_id is not None:
            at = read_checkpoint(checkpoint) if checkpoint else None
            proof = _prove_stamp(registry, stamp_id, at, revocation=revocation)
        else:
            proof = registry.consistency(_read_since(registry, since))
    outputs.check(output, overwrite=force)
    write_atomic(output, proof.text.encode(), overwrite=force)
    of = "the revocation of " if revocation else ""
    what = f"holds {of}stamp {stamp_id}" if stamp_id else "extends an earlier state"
    render.say(f"Wrote {output}: shows that the log {what}")
    if not proof.checkpoint.signatures:
        why = (
            "is not signed" if proof.checkpoint.size else "is empty, and nobody signs an empty log"
        )
        render.note(f"The log {why}, so the proof shows nothing to others.")


@click.command("check-proof", short_help="Check a proof that the log holds a stamp.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--log-key", metavar="KEY", help="Public key of the log (default: the config's).")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="KEY",
    help="Public key of a witness that counts (default: the config's); repeatable.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The checkpoint that the log is proved to extend.",
)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also check that this .c2pa file is the manifest store of the record.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings.add_config_option
def check_proof(
    file: Path,
    log_key: str | None,
    witnesses: tuple[str, ...],
    since: Path | None,
    manifest: Path | None,
    as_json: bool,
    config_file: Path | None,
) -> int:
    """Check the proof in FILE by itself, without the registry.

    The status is 0 if the log's key signed what the entry leads to, 4 if something does not fit,
    and 1 if no key of this log is at hand: then anybody may have made the proof.
    """
    config = settings.load(config_file)
    found = _check(file, config, log_key, since, manifest)
    names = _read_witnesses(witnesses, config)
    try:
        cosigned = _verify(found, names)
        problem = None
    except LogIntegrityError as error:
        cosigned, problem = (), str(error)
    if as_json:
        render.print_json(_to_json(found, cosigned, problem))
    else:
        _print(found, cosigned, len(names), problem)
    if problem:
        return exits.CONTRADICTED
    return exits.DONE if found.key else exits.NO_ORIGIN


@click.command("witness", short_help="Cosign a log that extends what was seen before.")
@click.argument("request", type=click.Path(path_type=Path))
@outputs.add_output_option("File to write: the checkpoint with the cosignature.")
@click.option(
    "--name", required=True, help="The witness's name, like an address: example.org/witness."
)
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="PEM file of its Ed25519 key.",
)
@click.option(
    "--state",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder in which it keeps the last checkpoint of each log.",
)
@click.option(
    "--log-key", required=True, metavar="KEY", help="Public key of the log that it follows."
)
def witness(
    request: Path, output: Path, name: str, key_file: Path, state: Path, log_key: str
) -> int:
    """Cosign the checkpoint in REQUEST if it extends the last one that this witness cosigned.

    REQUEST is what "registry prove --since" writes. A log that shows another history is refused
    with status 4. The last checkpoint is kept before anything is written.
    """
    from provenance.files import read_named, write_atomic
    from provenance.registry import (
        MAX_PROOF_BYTES,
        ConsistencyProof,
        VerifierKey,
        Witness,
        read_log_key,
    )

    log = VerifierKey.of_log(log_key)
    who = Witness(name, read_log_key(key_file), state)
    data = read_named(request, "request", MAX_PROOF_BYTES, ConfigError)
    try:
        cosigned = who.cosign(ConsistencyProof.parse(data), log)
    except LogIntegrityError as error:
        render.complain(f"Not cosigned. {error}", error.code)
        return exits.CONTRADICTED
    write_atomic(output, cosigned.text.encode(), overwrite=True)
    render.say(f"Cosigned {render.count_entries(cosigned.size)} of {cosigned.origin}")
    render.say(f"  witness key  {who.public.text}")
    return exits.DONE


# --- prove ---------------------------------------------------------------------------------------


def _read_since(registry: Registry, file: Path | None) -> Checkpoint:
    from provenance.registry import Checkpoint

    if file is None or str(file) == "none":
        return Checkpoint.empty(registry.origin)
    return read_checkpoint(file)


def _prove_stamp(
    registry: Registry, text: str, at: Checkpoint | None, *, revocation: bool
) -> InclusionProof:
    from provenance.registry import prove_revocation, prove_stamp
    from provenance.stamp_id import StampId

    stamp_id = StampId.parse(text.lower())
    prover = prove_revocation if revocation else prove_stamp
    proof = prover(registry, stamp_id, at) if stamp_id else None
    if proof is None:
        what = "revocation of the stamp" if revocation else "stamp"
        raise RecordNotFoundError(f"The registry has no {what} {text}.")
    return proof


# --- check ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Checked:
    """A proof as read, and what it is to be checked with."""

    proof: InclusionProof | ConsistencyProof
    key: VerifierKey | None
    since: Checkpoint | None
    manifest: bytes | None

    @property
    def entry(self) -> dict[str, Any]:
        """The fields of the entry that is proved, none for a proof of consistency."""
        entry = getattr(self.proof, "entry", b"")
        try:
            fields = json.loads(entry) if entry else {}
        except (ValueError, RecursionError):
            return {}
        return fields if isinstance(fields, dict) else {}


def _check(
    file: Path,
    config: Config | None,
    log_key: str | None,
    since: Path | None,
    manifest: Path | None,
) -> _Checked:
    from provenance.files import read_named
    from provenance.registry import MAX_PROOF_BYTES, MAX_STORE_BYTES, parse_proof

    data = read_named(file, "proof", MAX_PROOF_BYTES, ConfigError)
    try:
        proof = parse_proof(data)
    except LogIntegrityError as error:
        raise ConfigError(f"{file} is not a proof that a log gave. {error}") from error
    store = read_named(manifest, "manifest", MAX_STORE_BYTES, ConfigError) if manifest else None
    head = proof.checkpoint
    key = find_key_of(head, config, log_key)
    return _Checked(proof, key, read_checkpoint(since) if since else None, store)


def _read_witnesses(given: tuple[str, ...], config: Config | None) -> tuple[VerifierKey, ...]:
    from provenance.registry import VerifierKey

    if given:
        return tuple(map(VerifierKey.of_witness, given))
    return config.load_witnesses() if config else ()


def _verify(found: _Checked, names: tuple[VerifierKey, ...]) -> tuple[Cosignature, ...]:
    """Check all that a proof says.

    Raises
    ------
    LogIntegrityError
        Something does not fit.
    """
    from provenance.registry import Checkpoint, InclusionProof, find_cosignatures

    head = found.proof.checkpoint
    if found.key:
        head.verify(found.key.key)
    if isinstance(found.proof, InclusionProof):
        found.proof.verify()
    else:
        empty = Checkpoint.empty(head.origin) if found.proof.old == 0 else None
        seen = found.since or empty
        if seen is None:
            raise click.UsageError("This proves that a log extends a checkpoint: name it, --since.")
        found.proof.verify(seen)
    if found.manifest is not None:
        digest = hashlib.sha256(found.manifest).hexdigest()
        if found.entry.get("store_sha256") != digest:
            raise LogIntegrityError("The manifest is not the one that the proved record names.")
    return find_cosignatures(head, names)


def _to_json(
    found: _Checked, cosigned: tuple[Cosignature, ...], problem: str | None
) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable

    head = found.proof.checkpoint
    return {
        "schema": SCHEMA,
        "log": head.origin,
        "ok": problem is None and found.key is not None,
        "problem": problem,
        "signed_by": found.key.text if found.key else None,
        "size": head.size,
        "root": head.root.hex(),
        "index": getattr(found.proof, "index", None),
        "extends": getattr(found.proof, "old", None),
        "entry": found.entry if problem is None and found.entry else None,
        "cosigned": to_jsonable(cosigned),
    }


def _print(
    found: _Checked, cosigned: tuple[Cosignature, ...], named: int, problem: str | None
) -> None:
    from provenance.registry import InclusionProof

    if problem:
        render.say(f"This proves nothing. {problem}", "bold red")
        return
    if found.key is None:
        render.say("Nobody has signed this by a key that is at hand.", "yellow")
        render.note("Name the log's public key with --log-key, or in [trust] logs.")
    else:
        render.say("Proved.", "bold green")
    head, proof = found.proof.checkpoint, found.proof
    if isinstance(proof, InclusionProof):
        says = f"holds this as entry {proof.index + 1:,}"
    else:
        says = f"extends its own state of {render.count_entries(proof.old)}"
    rows: list[tuple[str, object]] = [
        ("log", head.origin),
        (f"at {render.count_entries(head.size)}", says),
    ]
    rows += [(name.replace("_", " "), found.entry[name]) for name in _SHOWN if name in found.entry]
    rows += [
        (f"cosigned by {each.witness}", f"{each.time:%Y-%m-%d %H:%M:%S} UTC") for each in cosigned
    ]
    if named:
        rows.append(("witnesses", f"{len(cosigned)} of the {named} that count"))
    render.print_fields(rows)


_SHOWN = (
    "type",
    "stamp_id",
    "producer_name",
    "model",
    "model_version",
    "created",
    "recorded",
    "sha256",
    "store_sha256",
    "revoked",
    "since",
    "reason",
)
"""What is shown of an entry; the rest is in the JSON."""
