"""``provenance inspect``: every layer of a picture as found, without a judgement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, inspect_history, render, settings
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.examine import Examination
    from provenance.verify import Verifier

SCHEMA = "provenance.inspection/1"
_KEYS = ("file", "manifest", "chain", "marks", "similar", "notes")


@click.command("inspect", short_help="Show every layer of a picture, without a judgement.")
@inputs.images
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a picture, a line each."
)
@inputs.manifest_option
@click.option(
    "--save-manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the manifest store of the one IMAGE to a .c2pa file, as it is.",
)
@settings.config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    as_json: bool,
    manifest_file: str | None,
    save_manifest: Path | None,
    config_file: Path | None,
) -> int:
    """Show what pictures carry: file, manifests, marks and their records, similar records.

    Of manifests it shows the whole chain: signers, times, actions, and every validation code with
    what it means. Nothing is judged; "provenance verify" does that.
    """
    given = inputs.sources(image, from_file)
    if save_manifest is not None:
        _save(given, save_manifest)
    beside = inputs.manifest_beside(manifest_file, given)
    verifier = settings.verifier(settings.load(config_file))
    return exits.worst(_inspect(each, verifier, beside, as_json, len(given) > 1) for each in given)


def _save(given: list[inputs.Source], file: Path) -> None:
    from provenance.files import write_atomic
    from provenance.manifest import extract

    if len(given) > 1:
        raise click.UsageError("--save-manifest takes one picture: give a single IMAGE.")
    write_atomic(file, extract(given[0].read()))


def _inspect(
    source: inputs.Source, verifier: Verifier, beside: bytes | None, as_json: bool, several: bool
) -> int:
    try:
        found = _layers(verifier.examine(source.read(verifier.limits), beside))
    except ProvenanceError as error:
        if as_json:
            failed = {"code": error.code, "message": str(error)}
            render.json_line(_object(source, None, {}, failed))
        render.complain(inputs.about(source, error, several), error.code)
        return exits.status_of(error)
    if as_json:
        render.json_line(_object(source, found.pop("sha256"), found, None))
    else:
        _show(source, found)
    return exits.DONE


def _layers(examination: Examination) -> dict[str, Any]:
    """Return every layer of one picture as plain values."""
    from provenance.examine import Note
    from provenance.jsonable import to_jsonable
    from provenance.verify import gather_evidence, weigh, write_facts

    evidence = gather_evidence(examination)
    found = write_facts(evidence, weigh(evidence))
    damage = examination.own.damage
    why_not = [Note("manifest", damage.code, str(damage))] if damage else []
    return {
        "file": _file(examination),
        "chain": to_jsonable(examination.history),
        **found,
        "notes": [*found["notes"], *to_jsonable(why_not)],
    }


def _object(
    source: inputs.Source,
    sha256: str | None,
    found: Mapping[str, Any],
    error: dict[str, str] | None,
) -> dict[str, Any]:
    layers = {key: found.get(key) for key in _KEYS}
    return {"schema": SCHEMA, "input": source.name, "sha256": sha256, **layers, "error": error}


def _file(examination: Examination) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable
    from provenance.labels import found

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
        "alpha": picture.alpha is not None,
        "metadata": [name for name in ("icc", "exif", "xmp") if getattr(picture, name)],
        "labels": to_jsonable(found(picture)),
    }


def _show(source: inputs.Source, found: Mapping[str, Any]) -> None:
    manifest, marks, similar = (found[key] for key in ("manifest", "marks", "similar"))
    carries = f"{'a' if manifest else 'no'} manifest, {len(marks) or 'no'} readable mark"
    render.say(f"{source.name}: {carries}{'s' * (len(marks) > 1)}", "bold")
    file = dict(found["file"])
    labels = file.pop("labels", {})
    _section("file", {"sha256": found["sha256"], **file})
    if any(labels.values()):
        _section("labels, not signed by themselves", labels)
    _section("manifest", manifest or {})
    for entry in found["chain"]:
        inspect_history.show(entry)
    for mark in marks:
        recovered = mark.pop("manifest") or {}
        _section("mark", mark)
        _section("manifest recovered by the mark", recovered)
    for each in similar:
        _section("similar record", each)
    for note in found["notes"]:
        _section("note", note)
    render.say()


def _section(title: str, values: Mapping[str, Any]) -> None:
    if values:
        render.say(title, "bold")
        render.fields([(key.replace("_", " "), _flat(value)) for key, value in values.items()])


def _flat(value: object) -> object:
    if isinstance(value, dict):
        parts = ((key.replace("_", " "), _flat(item)) for key, item in value.items())
        return ", ".join(f"{key} {item}" for key, item in parts if item not in (None, ""))
    if isinstance(value, list):
        return ", ".join(str(_flat(item)) for item in value)
    if isinstance(value, float):
        return f"{value + 0.0:.4g}"  # no minus zero
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
