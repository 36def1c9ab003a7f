"""Films: python -m bench.films [--clips 5] [--from 0] [--seconds 4] [--results FILE].

Clips made from still pictures (``bench.clips``) are stamped as the product stamps them and then
treated as platforms and viewers treat films. Each row says in how many clips the mark was read:
from all frames together; among the records of all clips, where it can't be read alone; and, after
two of the treatments, from all frames without weighing them by their bytes, from the best frame
alone, and from a frame in the middle. 95 % intervals; seconds of processor for the first. Every
wrong read is counted, and so is every claim on an unmarked clip.

Then what the mark costs: SSIMULACRA2 of frames against the clip, for the mark alone in a scene's
first frame and in others, and in one clip of five for the film written without a mark, and with it;
flicker, in grey levels of what the mark changes from frame to frame; frames a second; growth of the
file.

Results are kept in a file, one line a clip; clips that are in it are not measured again.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

from bench.clips import CLIPS, KINDS, RATE, SIZE, Pixels, choose_clips  # noqa: E402
from bench.distortions import payload_of  # noqa: E402
from bench.quality import score  # noqa: E402
from bench.rates import wilson  # noqa: E402
from provenance import films, watermark  # noqa: E402
from provenance.limits import DEFAULT_LIMITS  # noqa: E402

SOURCE_QUALITY = 6
"""Rate factor of the clips before they are stamped: all but lossless."""
SEEN_FRAMES = 5
"""Frames of each clip that quality is measured in."""
STILL = 2.0
"""Grey levels: a place that changes by less than this from frame to frame counts as still."""
WAYS = {
    "together": "together",
    "recorded": "with records",
    "unweighed": "unweighed",
    "best": "best frame",
    "middle": "a middle frame",
}
"""How a film is read."""
COMPARED = frozenset({"720p, crf 28", "720p, crf 35"})
"""Treatments after which all ways are compared."""
CODING_EVERY = 5
"""Clips of which one is also written without a mark, to be compared: no multiple of the kinds."""
LOCK_BYTES = 3
"""Of the payload, taken as the lock: drawn at random, the fit differs by 1 from run to run."""
Frames = Iterator[Pixels]


def encode(frames: Frames, crf: int, size: tuple[int, int] = SIZE, preset: str = "medium") -> bytes:
    """Write a film with x264."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=RATE)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(crf), "preset": preset, "threads": "1"}
        for each in frames:
            frame = av.VideoFrame.from_ndarray(each, format="rgb24")
            film.mux(stream.encode(frame.reformat(*size, interpolation="BICUBIC")))
        film.mux(stream.encode())
    return file.getvalue()


def decode(data: bytes) -> Frames:
    import av

    with av.open(io.BytesIO(data), "r") as film:
        for frame in film.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def played(frames: Frames) -> Frames:
    """A player's window on a desktop, smaller than the film, with a bar and a moving slider."""
    width, height = (round(0.78 * side) for side in SIZE)
    desk = Image.new("RGB", SIZE, (44, 62, 80))
    draw = ImageDraw.Draw(desk)
    left, top = (SIZE[0] - width) // 2, 70
    draw.rectangle((left - 6, top - 34, left + width + 6, top + height + 46), fill=(24, 24, 27))
    draw.text((left + 8, top - 26), "holiday.mp4 - Player", fill=(230, 230, 230))
    for number, each in enumerate(frames):
        shown = desk.copy()
        small = Image.fromarray(each).resize((width, height), Image.Resampling.BILINEAR)
        shown.paste(small, (left, top))
        bar = ImageDraw.Draw(shown)
        bar.rectangle((left, top + height + 18, left + 4 * number, top + height + 24), fill="red")
        yield np.asarray(shown)


TREATMENTS: dict[str, Callable[[bytes], bytes]] = {
    "as stamped": lambda film: film,
    "720p, crf 28": lambda film: encode(decode(film), 28),
    "720p, crf 35": lambda film: encode(decode(film), 35),
    "480p, crf 28": lambda film: encode(decode(film), 28, (854, 480)),
    "screen recording of a player": lambda film: encode(
        played(decode(film)), 23, preset="veryfast"
    ),
    "middle half cut out, crf 28": lambda film: encode(iter(_middle(film)), 28),
}


def _middle(film: bytes) -> list[Pixels]:
    frames = list(decode(film))
    return frames[len(frames) // 4 : 3 * len(frames) // 4]


def read(data: bytes, payload: bytes | None, *, compare: bool = False) -> dict[str, Any]:
    """Read a film in all ways, or in those that people use; 1 right, -1 wrong, 0 none."""
    start = time.process_time()
    film = films.read_film(data, DEFAULT_LIMITS)
    lumas, worths = [each.luma for each in film.shots], [float(each.bytes) for each in film.shots]
    found = watermark.search_frames(lumas, (None,), worths=worths)
    seconds = time.process_time() - start

    def judge(detection: watermark.Detection | None) -> int:
        return 0 if detection is None else 1 if detection.payload == payload else -1

    result = {
        "together": judge(found.outcomes[0].found),
        "fit": found.outcomes[0].found and round(found.outcomes[0].found.correlation, 1),
        "seconds": round(seconds, 2),
        "bytes": len(data),
    }
    if payload is not None:
        records = [payload_of(each) for each in choose_clips(CLIPS)]
        known = found.outcomes[0].found or watermark.match(found.view.rgb, records)
        result["recorded"] = judge(known)
    if compare:
        best = film.rank(1)[0].luma
        result["unweighed"] = judge(watermark.detect_frames(lumas))
        for name, luma in (("best", best), ("middle", lumas[len(lumas) // 2])):
            result[name] = judge(watermark.detect(np.repeat(luma[..., None], 3, axis=2)))
    return result


class _Watched:
    """A mark whose changes are watched: how much, how steady, how fast."""

    def __init__(self, payload: bytes, kept: list[int]) -> None:
        self._mark = watermark.MovingMark(payload, lock=payload[-LOCK_BYTES:])
        self._kept = kept
        self.changes: list[np.ndarray[Any, Any]] = []
        self._last: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None = None
        self.seconds, self.frames = 0.0, 0
        self.size: list[float] = []
        self.flicker: list[float] = []
        self.flicker_still: list[float] = []

    def change(self, luma: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        start = time.process_time()
        found = self._mark.change(luma)
        self.seconds += time.process_time() - start
        if self.frames in self._kept:
            self.changes.append(np.rint(found))
        self.frames += 1
        self.size.append(float(found.std()))
        grey = luma.astype(np.float32)
        if self._last is not None:
            step = np.rint(found) - np.rint(self._last[0])
            moved = np.abs(grey - self._last[1])
            self.flicker.append(float(np.sqrt(np.square(step).mean())))
            still = moved < STILL
            if still.mean() > 0.05:
                self.flicker_still.append(float(np.sqrt(np.square(step[still]).mean())))
        self._last = found, grey
        return found


def measure(
    name: str, kind: str, pictures: list[str], frames: int, *, coding: bool
) -> dict[str, Any]:
    """Stamp one clip, treat it and read it; with ``coding``, also beside an unmarked film."""
    payload = payload_of(name)
    source = encode(KINDS[kind](pictures, frames), SOURCE_QUALITY, preset="ultrafast")
    taken = np.linspace(0, frames - 1, SEEN_FRAMES).astype(int).tolist()
    watched = _Watched(payload, taken)
    start = time.process_time()
    stamped = films.write_film(source, watched.change, "MP4", DEFAULT_LIMITS)
    seconds = time.process_time() - start
    shown = _take(source, taken)
    marked = [
        np.clip(frame + change[..., None], 0, 255).astype(np.uint8)
        for frame, change in zip(shown, watched.changes, strict=True)
    ]
    reads = {
        label: read(treat(stamped), payload, compare=label in COMPARED)
        for label, treat in TREATMENTS.items()
    }
    found = {
        "clip": name,
        "reads": reads,
        "score_first": _score(shown[:1], marked[:1]),
        "score_mark": _score(shown[1:], marked[1:]),
        "size": round(statistics.mean(watched.size), 2),
        "flicker": round(statistics.mean(watched.flicker), 3),
        "flicker_most": round(max(watched.flicker), 3),
        "flicker_still": round(statistics.mean(watched.flicker_still or [0]), 3),
        "flicker_still_most": round(max(watched.flicker_still or [0]), 3),
        "embed_rate": round(watched.frames / watched.seconds, 1),
        "whole_rate": round(watched.frames / seconds, 1),
    }
    return {**found, **_compare_coding(source, stamped, taken)} if coding else found


def _compare_coding(source: bytes, stamped: bytes, taken: list[int]) -> dict[str, Any]:
    """What coding costs without a mark and with it; and whether an unmarked film is claimed."""
    plain = films.write_film(source, _leave, "MP4", DEFAULT_LIMITS)
    shown, coded, marked = (_take(each, taken) for each in (source, plain, stamped))
    return {
        "unmarked": read(TREATMENTS["720p, crf 28"](plain), None),
        "score_plain": _score(shown, coded),
        "score_stamped": _score(shown, marked),
        "growth": round(len(stamped) / len(plain), 3),
    }


def _leave(luma: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.zeros(luma.shape, np.float32)


def _take(film: bytes, numbers: list[int]) -> list[Pixels]:
    return [frame for number, frame in enumerate(decode(film)) if number in numbers]


def _score(before: list[Pixels], after: list[Pixels]) -> list[float]:
    """SSIMULACRA2 of frames: what the mark costs, before and after coding."""
    return [round(score(one, other), 1) for one, other in zip(before, after, strict=True)]


def report(results: list[dict[str, Any]]) -> Iterator[str]:
    """The table."""
    heads = "treatment", *WAYS.values(), "wrong", "KB", "s"
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for label in TREATMENTS:
        yield f"| {' | '.join((label, *_row([each['reads'][label] for each in results])))} |"
    unmarked = [each["unmarked"] for each in results if "unmarked" in each]
    if unmarked:
        claims = sum(each["together"] != 0 for each in unmarked)
        spent = statistics.mean(each["seconds"] for each in unmarked)
        blank = " |" * len(WAYS)
        yield f"| unmarked, crf 28 | {claims} claims of {len(unmarked)} |{blank} | {spent:.1f} |"
    yield ""
    yield "| measure | clips | mean | least | most |"
    yield "|---|---|---|---|---|"
    for name in dict.fromkeys(name for each in results for name in each):
        values = [each[name] for each in results if name in each]
        clips = len(values)
        if isinstance(values[0], list):
            values = [value for each in values for value in each]
        if isinstance(values[0], int | float):
            mean = statistics.mean(values)
            yield f"| {name} | {clips} | {mean:.2f} | {min(values):.2f} | {max(values):.2f} |"


def _row(reads: list[dict[str, Any]]) -> Iterator[str]:
    """The cells of one treatment."""
    for way in WAYS:
        read_so = [each[way] == 1 for each in reads if way in each]
        low, high = wilson(sum(read_so), len(read_so)) if read_so else (0, 0)
        spread = f" ({100 * low:.0f} to {100 * high:.0f} %)" if way == "together" else ""
        yield f"{sum(read_so)} of {len(read_so)}{spread}" if read_so else ""
    yield str(sum(each.get(way) == -1 for each in reads for way in WAYS))
    yield f"{statistics.mean(each['bytes'] for each in reads) / 1000:.0f}"
    yield f"{statistics.mean(each['seconds'] for each in reads):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=int, default=5)
    parser.add_argument(
        "--from", type=int, default=0, dest="first", help="number of the first clip"
    )
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--results", type=Path, default=Path("films.jsonl"))
    given = parser.parse_args()
    chosen = list(choose_clips(given.first + given.clips).items())[given.first :]
    lines = given.results.read_text("utf-8").splitlines() if given.results.exists() else []
    results = [json.loads(line) for line in lines]
    done = {each["clip"] for each in results}
    for number, (name, (kind, pictures)) in enumerate(chosen, given.first):
        if name in done:
            continue
        frames, coding = round(given.seconds * RATE), number % CODING_EVERY == 0
        results.append(measure(name, kind, pictures, frames, coding=coding))
        with given.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(results[-1]) + "\n")
        print(json.dumps(results[-1]), flush=True)
    for line in report(results):
        print(line)


if __name__ == "__main__":
    main()
