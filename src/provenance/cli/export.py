"""``provenance export``: a case folder as other tools read it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from provenance.cli import outputs, render
from provenance.errors import UnreadableInputError

MAX_REPORT_BYTES = 256 * 2**20
"""Bytes of a report: one of a thousand exhibits has some tens of megabytes."""


@click.command("export", short_help="Write a case folder for other forensic tools (CASE/UCO).")
@click.argument("folder", metavar="CASE_DIR", type=click.Path(path_type=Path))
@outputs.add_output_option("File to write: JSON-LD by CASE and UCO 1.4, or a hash list.")
@click.option(
    "--known-copies",
    is_flag=True,
    help="Write the hashes of the exhibits as a hash list, for platforms that have to find copies.",
)
def command(folder: Path, output: Path, known_copies: bool) -> None:
    """Write CASE_DIR as CASE/UCO, in which forensic tools exchange findings.

    The file holds the exhibits with their digests, who examined them with what and when, and what
    was found. No picture is in it. It is not signed; check the folder first with
    "provenance trace --check CASE_DIR".

    With --known-copies it is a list of the exhibits' digests and PDQ hashes under the case's
    number, in the form that the file's name asks for as for "provenance hashlist": what a platform
    needs to find identical copies of what it was told to remove.
    """
    from provenance import hashlists
    from provenance.files import read_bytes, write_atomic
    from provenance.strict_json import SchemaError, parse
    from provenance.uco import write_case

    file = folder / "report.json"
    try:
        report = parse(read_bytes(file, MAX_REPORT_BYTES))
        if known_copies:
            copies = hashlists.list_exhibits(report)
        else:
            written = write_case(report)
    except (SchemaError, KeyError, TypeError) as error:
        raise UnreadableInputError(
            f"{file} is not the report of a case folder of this version: trace the pictures anew."
        ) from error
    if known_copies:
        outputs.check(output, overwrite=False)
        added = hashlists.add(output, copies).added
        render.say(f"Wrote {output}: hashes of {added} exhibit{'s' * (added != 1)}.")
        return
    write_atomic(output, json.dumps(written, ensure_ascii=False, indent=1).encode() + b"\n")
    render.say(f"Wrote {output}: {len(written['@graph'])} objects, for CASE and UCO 1.4.")
