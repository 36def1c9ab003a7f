"""``provenance init``: make everything that a producer needs to start, in one folder."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import render


@click.command("init", short_help="Make the keys, registry and config to start with.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--producer", required=True, metavar="NAME", help="Producer's name, part of certificates."
)
@click.option(
    "--contact",
    default="none given",
    metavar="TEXT",
    help="Contact for questions about a stamp; the directory file and reports show it.",
)
def command(folder: Path, producer: str, contact: str) -> None:
    """Make DIR/provenance.toml, development keys, a registry and a directory file.

    It never overwrites an existing config or key.
    """
    from provenance.cli import project

    config = project.create(folder, producer, contact)
    render.say(f"Made {config} for {producer}.")
    render.say()
    render.say("Next:")
    render.say(f"  cd {folder}")
    render.say("  provenance stamp PICTURE.png -o stamped.png --model NAME")
    render.say("  provenance verify stamped.png")
    render.say()
    render.say(
        f"The keys in {folder / project.KEYS} are for development: only this config trusts them."
    )
    render.say("Keep them secret all the same: anyone who has them can sign as you.")
