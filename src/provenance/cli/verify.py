"""``provenance verify``: say where pictures come from, and how sure that is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import exits, inputs, render, settings
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.verify import Verifier


@click.command("verify", short_help="Say where pictures come from, and how sure that is.")
@inputs.images
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, a line each."
)
@click.option(
    "--no-registry", is_flag=True, help="Do not ask the registry, by mark or by likeness."
)
@click.option("--no-similar", is_flag=True, help="Do not look for similar pictures.")
@settings.config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    as_json: bool,
    no_registry: bool,
    no_similar: bool,
    config_file: Path | None,
) -> int:
    """Say where pictures come from: producer, model and time, with the evidence.

    Works with no config at all; then nobody is trusted and no registry is asked. Exit status: 0
    attributed, 1 no origin established, 4 tampered or conflict, 5 unusable picture.
    """
    given = inputs.sources(image, from_file)
    try:
        config = settings.load(config_file)
        verifier = settings.verifier(config, registry=not no_registry, similar=not no_similar)
    except ProvenanceError as error:
        # Nothing could be examined at all; programs get their object for each input even so.
        for source in given if as_json else ():
            _print_failure(source, error)
        raise
    return exits.worst(_verify(source, verifier, as_json, len(given) > 1) for source in given)


def _verify(source: inputs.Source, verifier: Verifier, as_json: bool, several: bool) -> int:
    sha256 = None
    try:
        data = source.read()
        sha256 = hashlib.sha256(data).hexdigest()
        verdict = verifier.verify(data)
    except ProvenanceError as error:
        if as_json:
            _print_failure(source, error, sha256)
        render.complain(inputs.about(source, error, several), error.code)
        return exits.status_of(error)
    if as_json:
        render.json_line(verdict.to_json_dict(source.name))
    else:
        render.verdict(verdict, source.name if several else None)
    if trouble := exits.registry_trouble(verdict):
        code, sentence = trouble
        render.complain(sentence, code)
    return exits.of_verdict(verdict)


def _print_failure(
    source: inputs.Source, error: ProvenanceError, sha256: str | None = None
) -> None:
    from provenance.verify import serialise

    render.json_line(serialise.failure(error, source.name, sha256))
