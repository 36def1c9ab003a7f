"""Mark a picture, attack it, read it: everything about one picture is one job."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.attacks import BY_NAME
from bench.attacks.base import generator
from bench.marks import Found, Mark, loss_goal, open_mark
from bench.pictures import Pixels, sources
from bench.quality import quality

LOCATED = {"untouched", "crop", "crop, resized back", "pasted", "border", "screenshot", "overlay"}
"""Families in which the part that carries the mark is known, and is compared with the answer."""


@dataclass(frozen=True)
class Job:
    """One picture, one mark, these attacks; ``goal`` is another loss goal than the usual."""

    mark: str
    picture: str
    side: int
    attacks: tuple[str, ...]
    goal: float | None = None


def measure(job: Job) -> dict[str, Any]:
    """The job's row of the raw results."""
    mark, rgb = open_mark(job.mark), sources()[job.picture].load(job.side)
    payload = generator("payload", job.picture).bytes(mark.payload_bytes)
    row = asdict(job) | {"height": rgb.shape[0], "width": rgb.shape[1], "bits": 8 * len(payload)}
    start = time.process_time()
    try:
        with loss_goal(job.goal):
            marked = mark.embed(rgb, payload)
    except Exception as error:  # noqa: BLE001 - whatever a watermark raises, it made no mark
        return row | {"refused": _named(error), "attacks": {n: _unread() for n in job.attacks}}
    row["embed_s"] = time.process_time() - start
    row |= quality(rgb, marked)
    row["attacks"] = {n: _attacked(mark, marked, payload, n, job.picture) for n in job.attacks}
    return row


def _attacked(
    mark: Mark, marked: Pixels, payload: bytes, name: str, picture: str
) -> dict[str, Any]:
    attack = BY_NAME[name]
    pixels = attack(marked, picture)
    start = time.process_time()
    try:
        found = mark.find(pixels)
    except Exception as error:  # noqa: BLE001 - a reader that raises has not read
        return _unread() | {"error": _named(error)}
    spent = time.process_time() - start
    read = found is not None and found.payload == payload
    result = {
        "read": read,
        "claimed": found is not None,
        "s": round(spent, 4),
        "megapixels": pixels.shape[0] * pixels.shape[1] / 1e6,
    }
    if found is not None and read and found.corners is not None and attack.group in LOCATED:
        result["region"] = _located(found, attack.shows(marked.shape, picture))
    return result


def _located(found: Found, truth: NDArray[np.bool_]) -> dict[str, float]:
    """The truth's share of the picture, the answer's, and their intersection over union."""
    canvas = Image.new("1", (truth.shape[1], truth.shape[0]))
    corners = [(x - 0.5, y - 0.5) for x, y in found.corners or ()]
    if len(corners) > 2:
        ImageDraw.Draw(canvas).polygon(corners, fill=1)
    answer = np.asarray(canvas)
    union = float((answer | truth).sum())
    return {
        "true": round(float(truth.mean()), 4),
        "said": round(float(answer.mean()), 4),
        "iou": round(float((answer & truth).sum()) / union, 4) if union else 1.0,
    }


def _unread() -> dict[str, Any]:
    return {"read": False, "claimed": False}


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:160]
