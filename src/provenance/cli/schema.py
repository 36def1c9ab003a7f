"""``provenance schema``: the JSON Schemas of what other commands print and write."""

from __future__ import annotations

import click

from provenance.cli import render


@click.command("schema", short_help="Print the JSON Schema of an output.")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the JSON Schema (2020-12) of the output NAME; without a NAME list them all."""
    import json

    from provenance.schemas import list_schemas, read_schema

    if name is not None:
        render.say_lines(read_schema(name).rstrip())
        return
    render.print_table(
        ["name", "describes"],
        [(each, json.loads(read_schema(each))["description"]) for each in list_schemas()],
    )
