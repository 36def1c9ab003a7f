"""The demo's HTML page: one file, no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

MARKER = '<meta name="generator" content="provenance demo">'
"""Marks a page as the demo's own, which it may replace."""

_LARGE = 1100  # longest side of the three pictures on top, pixels
_SMALL = 480  # longest side of a thumbnail: twice its place, for dense screens
_FACTORS = (4, 8, 16, 32, 64)  # of the amplified difference

_CARD = """
<article class="{state}">
<a href="{file}"><img src="{source}" alt=""><span class="state">{state}</span></a>
<div><h3>{name}</h3>
<p>{says}</p><p class="traced">{traced}</p><p class="facts">{facts}
<br><a href="{report}">the investigator's report</a></p></div>
</article>"""


@dataclass(frozen=True)
class Row:
    """One copy and what became of it.

    ``traced`` is producer, model and time, empty if untraced. ``file`` and ``report`` are paths
    relative to the page.
    """

    name: str
    file: str
    data: bytes
    state: str
    says: str
    traced: tuple[str, ...]
    by: str
    seconds: float
    report: str


@dataclass(frozen=True)
class Story:
    """What the page tells: the file before and after stamping, and a row for each copy."""

    original: bytes
    stamped: bytes
    stamp_id: str
    producer: str
    model: str
    version: str
    rows: Sequence[Row]


def render_page(story: Story) -> str:
    """Return the page as HTML."""
    original, stamped = (
        np.asarray(_decode_upright(story.original)),
        np.asarray(_decode_upright(story.stamped)),
    )
    factor = choose_amplification(original, stamped)
    psnr = measure_psnr(original, stamped)
    difference = amplify_difference(original, stamped, factor)
    found = sum(row.state == "attributed" for row in story.rows)
    figures = "".join(
        (
            _format_figure(original, "Original", "as it was"),
            _format_figure(stamped, "Stamped", f"what is published; {psnr:.1f} dB PSNR"),
            _format_figure(difference, "Difference", f"amplified {factor} times around grey"),
        )
    )
    cards = "".join(_format_card(row) for row in story.rows)
    template = files("provenance.demo").joinpath("page.html").read_text(encoding="utf-8")
    return Template(template).substitute(
        marker=MARKER,
        figures=figures,
        cards=cards,
        found=found,
        copies=len(story.rows) - 1,
        producer=html.escape(story.producer),
        model=html.escape(story.model),
        stamp_id=html.escape(story.stamp_id),
        version=html.escape(story.version),
    )


def measure_psnr(original: NDArray[np.uint8], stamped: NDArray[np.uint8]) -> float:
    """Return the PSNR between two RGB pictures in dB; infinite when they are equal."""
    error = float(np.mean((original.astype(np.float32) - stamped) ** 2))
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def choose_amplification(original: NDArray[np.uint8], stamped: NDArray[np.uint8]) -> int:
    """Return the factor that lets the difference be seen: its 99th percentile near half range."""
    largest = float(np.percentile(np.abs(original.astype(np.int16) - stamped), 99))
    return max((factor for factor in _FACTORS if factor * largest <= 128), default=_FACTORS[0])


def amplify_difference(
    original: NDArray[np.uint8], stamped: NDArray[np.uint8], factor: int
) -> NDArray[np.uint8]:
    """Return the difference times ``factor`` around middle grey."""
    difference = stamped.astype(np.int16) - original
    shown: NDArray[np.uint8] = np.clip(128 + factor * difference, 0, 255).astype(np.uint8)
    return shown


def _format_figure(rgb: NDArray[np.uint8], name: str, what: str) -> str:
    source = _encode_reduced(Image.fromarray(rgb), _LARGE)
    return (
        f'<figure><img src="{source}" alt="{name}">'
        f"<figcaption><b>{name}</b> {html.escape(what)}</figcaption></figure>"
    )


def _format_card(row: Row) -> str:
    image = _decode_upright(row.data)
    facts = f"{image.width} × {image.height} · {len(row.data) / 1000:,.0f} kB"
    facts += f" · {row.seconds:.2f} s"
    return _CARD.format(
        source=_encode_reduced(image, _SMALL),
        state=html.escape(row.state),
        name=html.escape(row.name),
        file=html.escape(row.file),
        says=html.escape(row.says),
        report=html.escape(row.report),
        traced="<br>".join(map(html.escape, row.traced)),
        facts="<br>".join(filter(None, (html.escape(row.by and f"by {row.by}"), facts))),
    )


def _decode_upright(data: bytes) -> Image.Image:
    """Return the picture as a viewer shows it."""
    with Image.open(io.BytesIO(data)) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def _encode_reduced(image: Image.Image, longest: int) -> str:
    """Return a data URI of the picture, reduced to at most ``longest`` pixels a side."""
    reduced = image.copy()
    reduced.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    reduced.save(file, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
