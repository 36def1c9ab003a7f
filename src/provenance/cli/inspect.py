"""``provenance inspect``: show every layer of a picture as found, without a judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, inspect_history, render, settings
from provenance.cli.left_out import LeftOut
from provenance.errors import ProvenanceError
from provenance.text import show_name

if TYPE_CHECKING:
    from provenance.examine import Examination
    from provenance.labels import Statement
    from provenance.verify import Verifier

SCHEMA = "provenance.inspection/1"
_KEYS = ("file", "manifest", "chain", "marks", "responses", "similar", "notes")


@click.command("inspect", short_help="Show every layer of a picture, without a judgement.")
@inputs.add_images
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, one per line."
)
@inputs.add_manifest_option
@inputs.add_response_option
@click.option(
    "--save-manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the manifest store of a single IMAGE, unchanged, to this .c2pa file.",
)
@click.option(
    "--texts",
    is_flag=True,
    help="Also show what unsigned metadata say of the origin, such as prompts. These can be "
    "disturbing, and may name people.",
)
@settings.add_config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    as_json: bool,
    manifest_file: str | None,
    responses: tuple[Path, ...],
    save_manifest: Path | None,
    texts: bool,
    config_file: Path | None,
) -> int:
    """Show what pictures carry: file, manifests, marks and their records, similar records.

    For manifests the command shows the whole history: signers, times, actions, and every
    validation code with its meaning. It judges nothing; "provenance verify" does that.
    """
    given = inputs.find_inputs(image, from_file, every=True)
    if save_manifest is not None:
        _save(given, save_manifest)
    sidecar = inputs.read_sidecar(manifest_file, given)
    verifier = settings.build_verifier(settings.load(config_file), responses=responses)
    read, left_out = partial(_list_layers, verifier, sidecar, texts), LeftOut()
    statuses = [_inspect(each, read, as_json, len(given) > 1, left_out) for each in given]
    left_out.tell()
    return left_out.find_status(each for each in statuses if each is not None)


def _save(given: list[inputs.Input], file: Path) -> None:
    from provenance.files import write_atomic
    from provenance.manifest import extract

    if len(given) > 1:
        raise click.UsageError("The option --save-manifest takes one picture: give a single IMAGE.")
    write_atomic(file, extract(given[0].read()))


def _inspect(
    source: inputs.Input,
    read: Callable[[inputs.Input], dict[str, Any]],
    as_json: bool,
    several: bool,
    left_out: LeftOut,
) -> int | None:
    try:
        source.check_chosen()
        found = read(source)
    except ProvenanceError as error:
        if as_json:
            failed = {"code": error.code, "message": str(error)}
            render.print_json(_to_json(source, None, {}, failed))
        if left_out.take(error):
            return None
        render.complain(inputs.describe_error(source, error, several), error.code)
        return exits.map_error(error)
    if as_json:
        render.print_json(_to_json(source, found.pop("sha256"), found, None))
    else:
        _show(source, found)
    return exits.DONE


def _list_layers(
    verifier: Verifier, sidecar: bytes | None, texts: bool, source: inputs.Input
) -> dict[str, Any]:
    """Return every layer of one picture as plain values."""
    from provenance.examine import Note
    from provenance.jsonable import to_jsonable
    from provenance.verify import gather_evidence, weigh, write_facts

    examination = verifier.examine(source.read(verifier.limits), sidecar)
    evidence = gather_evidence(examination)
    found = write_facts(evidence, weigh(evidence))
    damage = examination.own.damage
    why_not = [Note("manifest", damage.code, str(damage))] if damage else []
    return {
        "file": _describe_file(examination, texts),
        "chain": to_jsonable(examination.list_history(examination.own.reading)),
        **found,
        "notes": [*found["notes"], *to_jsonable(why_not)],
    }


def _to_json(
    source: inputs.Input,
    sha256: str | None,
    found: Mapping[str, Any],
    error: dict[str, str] | None,
) -> dict[str, Any]:
    layers = {key: found.get(key) for key in _KEYS}
    return {"schema": SCHEMA, "input": source.name, "sha256": sha256, **layers, "error": error}


def _describe_file(examination: Examination, texts: bool) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable

    shown: dict[str, Any] = {"bytes": len(examination.data)}
    picture = examination.picture
    if picture is None:
        return {**shown, "undecodable": str(examination.obstacle)}
    return {
        **shown,
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "orientation": picture.orientation,
        "alpha": picture.alpha,
        "metadata": list(picture.metadata),
        "labels": to_jsonable(examination.labels),
        "statements": [_show_statement(each, texts) for each in examination.statements],
    }


def _show_statement(statement: Statement, texts: bool) -> dict[str, str]:
    """Name the field of an unsigned statement; what it says only for those who ask for it."""
    said = {"text": statement.text} if texts else {}
    return {"kind": statement.kind.value, "field": statement.field, **said}


def _show(source: inputs.Input, found: Mapping[str, Any]) -> None:
    manifest, marks, similar = (found[key] for key in ("manifest", "marks", "similar"))
    carries = f"{'a' if manifest else 'no'} manifest, {len(marks) or 'no'} readable mark"
    render.say(f"{show_name(source.name)}: {carries}{'s' * (len(marks) > 1)}", "bold")
    file = dict(found["file"])
    labels = file.pop("labels", {})
    statements = file.pop("statements", [])
    _print_section("file", {"sha256": found["sha256"], **file})
    for each in statements:
        _print_section("stated in the metadata, unsigned, by nobody known", each)
    if any(labels.values()):
        _print_section("labels, not signed by themselves", labels)
    _print_section("manifest", manifest or {})
    for entry in found["chain"]:
        inspect_history.show(entry)
    for mark in marks:
        recovered = mark.pop("manifest") or {}
        _print_section("mark", mark)
        _print_section("manifest recovered by the mark", recovered)
    for each in found["responses"]:
        _print_section("response", each)
    for each in similar:
        _print_section("similar record", each)
    for note in found["notes"]:
        _print_section("note", note)
    render.say()


def _print_section(title: str, values: Mapping[str, Any]) -> None:
    if values:
        render.say(title, "bold")
        render.print_fields(
            [(key.replace("_", " "), _flatten(value)) for key, value in values.items()]
        )


def _flatten(value: object) -> object:
    if isinstance(value, dict):
        parts = ((key.replace("_", " "), _flatten(item)) for key, item in value.items())
        return ", ".join(f"{key} {item}" for key, item in parts if item not in (None, ""))
    if isinstance(value, list):
        return ", ".join(str(_flatten(item)) for item in value)
    if isinstance(value, float):
        return f"{value + 0.0:.4g}"  # never minus zero
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
