"""``provenance demo``: stamp one picture, mistreat copies of it, and trace them all."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import __version__
from provenance.cli import exits, inputs, render, settings
from provenance.errors import OutputExistsError, OutputNotWritableError
from provenance.project_file import FILE_NAME
from provenance.text import format_time

if TYPE_CHECKING:
    from provenance.case import Tracer
    from provenance.demo import Row
    from provenance.stamp import StampedImage
    from provenance.verify import Verdict

PRODUCER = "Example AI"
MODEL, MODEL_VERSION = "example-diffusion", "3"
PAGE = "index.html"
_BY = {
    "exact": "manifest and SHA-256",
    "bound": "the manifest in the file",
    "derived": "watermark, registry and fingerprint",
}
REPORTS = "reports"
_REMADE = ("project", REPORTS)  # the folders inside --out that a second run replaces


@click.command("demo", short_help="Stamp a picture, mistreat copies, and trace them all.")
@click.argument("image", required=False)
@click.option(
    "--out",
    default="demo-out",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for the page, the pictures, the reports and the demo's own keys and registry.",
)
def command(image: str | None, out: Path) -> int:
    """Stamp a picture, mistreat copies of it in many ways, and trace every copy.

    Without IMAGE the demo paints a picture. It touches nothing outside the output folder, and
    nothing leaves this machine.
    """
    from provenance.cli import project

    given = inputs.Input(image).read() if image else None
    _clear(out)
    original = given or _paint()
    config = settings.require(project.create(out / "project", PRODUCER))
    render.note("Stamping it ...")
    stamped = config.stamper().stamp(original, model=MODEL, model_version=MODEL_VERSION)
    render.note("Mistreating and tracing copies ...")
    rows = list(_trace_copies(original, stamped, config.tracer(), out))
    _write_page(original, stamped, rows, out)
    _show(rows, out)
    return exits.DONE


def _paint() -> bytes:
    import io

    from PIL import Image

    from provenance.demo import paint_landscape

    render.note("Painting a picture ...")
    file = io.BytesIO()
    Image.fromarray(paint_landscape()).save(file, "PNG")
    return file.getvalue()


def _clear(out: Path) -> None:
    """Make room for the demo's files; only a folder that a demo made is used again.

    Raises
    ------
    OutputExistsError
        The folder holds something that no demo made.
    OutputNotWritableError
        The folder can't be made or written.
    """
    from provenance.demo import MARKER

    page = out / PAGE
    try:
        if page.is_file() and MARKER in page.read_text(encoding="utf-8", errors="replace"):
            for part in _REMADE:
                shutil.rmtree(out / part, ignore_errors=True)
        elif out.exists() and any(out.iterdir()):
            raise OutputExistsError(f"The folder {out} is not empty; name another one with --out.")
        out.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<!doctype html>{MARKER}<p>The demo has not finished.", encoding="utf-8")
    except OSError as error:
        raise OutputNotWritableError(
            f"The folder {out} can't be used: {error.strerror}. Name another one with --out."
        ) from error


def _trace_copies(
    original: bytes, stamped: StampedImage, tracer: Tracer, out: Path
) -> Iterator[Row]:
    """Make, save and trace every copy, and last the control: the picture that was never stamped."""
    from provenance.case import Source, write
    from provenance.demo import CONTROL, MISTREATMENTS
    from provenance.files import write_atomic

    for number, mistreatment in enumerate((*MISTREATMENTS, CONTROL)):
        data = mistreatment.apply(original if mistreatment is CONTROL else stamped.data)
        name = f"{number:02}-{_make_slug(mistreatment.name)}"
        file = name + (mistreatment.suffix or stamped.suffix)
        write_atomic(out / file, data, overwrite=True)
        started = time.perf_counter()
        case = tracer.trace(Source(BytesIO(data).getvalue, name=file), case="demo")
        seconds = time.perf_counter() - started
        write(case, out / REPORTS / name)
        yield _make_row(mistreatment.name, file, data, case.verdict, seconds)


def _make_slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _make_row(name: str, file: str, data: bytes, verdict: Verdict, seconds: float) -> Row:
    from provenance.demo import Row

    origin = verdict.origin
    traced: tuple[str, ...] = ()
    if origin is not None:
        model = " ".join(filter(None, (origin.model, origin.model_version)))
        traced = (origin.producer, model, format_time(origin.created))
    return Row(
        name=name,
        file=file,
        data=data,
        state=verdict.state.value,
        says=verdict.explain().partition("\n")[0],
        traced=traced,
        by=_BY[origin.match.value] if origin else "",
        seconds=seconds,
        report=f"{REPORTS}/{Path(file).stem}/report.html",
    )


def _write_page(original: bytes, stamped: StampedImage, rows: Sequence[Row], out: Path) -> None:
    from provenance.demo import Story, render_page
    from provenance.files import write_atomic

    story = Story(
        original=original,
        stamped=stamped.data,
        stamp_id=stamped.record.stamp_id,
        producer=PRODUCER,
        model=f"{MODEL} {MODEL_VERSION}",
        version=__version__,
        rows=rows,
    )
    write_atomic(out / PAGE, render_page(story).encode(), overwrite=True)


def _show(rows: Sequence[Row], out: Path) -> None:
    from rich.text import Text

    shown = [
        (
            row.name,
            Text(row.state, render.STYLE_OF_STATE[row.state]),
            *(row.traced or ("", "", "")),
            f"{row.seconds:.2f} s",
        )
        for row in rows
    ]
    traced = sum(bool(row.traced) for row in rows)
    render.say(f"{traced} of {len(rows) - 1} copies traced; the control was never stamped.")
    render.say()
    render.print_table(("copy", "verdict", "producer", "model", "created", "took"), shown)
    render.say()
    render.say(f"Look at it:  {out / PAGE}")
    program = "provenance" if shutil.which("provenance") else sys.argv[0]  # "make demo" has no PATH
    copy, config = out / rows[-2].file, out / "project" / FILE_NAME
    render.say(
        f"Go on:       {shlex.join((program, 'verify', f'{copy}', '--config', f'{config}'))}"
    )
