"""``provenance trace``: the report on one picture, for an investigator's file."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import exits, inputs, render, settings
from provenance.cli import report as reports


@click.command("trace", short_help="Write the report on one picture, for a case.")
@click.argument("image", metavar="IMAGE")
@click.option("--case", required=True, help="The case the report belongs to; it is part of it.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="New folder for report.json.",
)
@settings.config_option
def command(image: str, case: str, output: Path, config_file: Path | None) -> int:
    """Trace IMAGE to its origin and write DIR/report.json.

    The report holds hashes, the verdict and its evidence, never the picture, and nothing leaves
    this machine. Exit statuses are those of verify.
    """
    reports.refuse_existing(output)
    config = settings.load(config_file)
    data = inputs.Source(image).read()
    verdict = settings.verifier(config).verify(data)
    candidates = []
    if config is not None and verdict.facts.similar:
        with config.open_registry(read_only=True) as registry:
            candidates = reports.candidates(verdict, registry)
    written = reports.report(verdict, data, name=image, case=case, candidates=candidates)
    file = reports.write(written, output)
    render.verdict(verdict)
    render.say()
    render.say(f"Report: {file}")
    return exits.of_verdict(verdict)
