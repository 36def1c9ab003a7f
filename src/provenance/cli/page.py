"""``provenance page``: the offline page for browsers, written into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import render


@click.command("page", short_help="Write the offline page for browsers.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def command(folder: Path, force: bool) -> None:
    """Write the page that examines pictures in a browser into the folder DIR.

    DIR/provenance.html is all of it in one file, and works from a disk without a network.
    DIR/hosted is for a web server, and browsers can install it. The picture stays on the device.
    DIR/SHA256SUMS holds the digests of both.
    """
    from provenance.page import FOLDER, SINGLE, write_page

    write_page(folder, overwrite=force)
    render.say(f"Wrote {folder / SINGLE}: open it in a browser, or hand it on.")
    render.say(f"Wrote {folder / FOLDER}: put it on a web server.")
