"""Measure what goes along into every format: python -m bench.conversions.

Writes the table "conversions" of docs/formats.md. Each picture is made here, written in every
format, and read by ExifTool and by ourselves; AVIF, HEIC, JPEG XL and TIFF are decoded a second
time by avifdec, heif-convert, djxl and tifffile, if they are there.
"""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pylibjxl
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from bench.formats import write
from provenance import imaging, xmp
from provenance.errors import UnsupportedFormatError
from provenance.imaging import Picture
from provenance.imaging.colour import Colour
from provenance.imaging.exif import EXIF_PREFIX
from provenance.xmp import Property
from tests.companions import motion_photo, ultra_hdr
from tests.items import FILM, avif, heic, with_layer
from tests.pngs import chunk

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIC", "JXL", "GIF")
EXIF_LESS = ("GIF", "JXL")
"""Formats that hold no EXIF, or whose encoder takes it without its prefix."""
SUFFIX = {"JPEG": "jpg", "TIFF": "tif"}
DOWN, ACROSS = np.mgrid[0:128, 0:192]
IMAGE = Image.fromarray(np.dstack([ACROSS, DOWN * 2, 255 - ACROSS]).astype(np.uint8))
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RATING = Property("http://ns.adobe.com/xap/1.0/", "xmp", "Rating")
PARAMETERS = "a cat\nSteps: 20, Seed: 1"
CLOSE = 12
"""Levels by which a second decoder's samples may differ on the mean: lossy coding is in between."""


@dataclass(frozen=True)
class Trait:
    """Something that a picture has: the files that have it, and how a new file shows it."""

    name: str
    sources: Callable[[], dict[str, bytes]]
    kept: Callable[[Picture, Picture, dict[str, Any]], bool]


def save(kind: str, image: Image.Image = IMAGE, **options: Any) -> bytes:
    file = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(image).save(file, quality=90, **options)
    elif kind == "JXL":
        icc = options.pop("icc_profile", None)
        file.write(pylibjxl.encode(np.ascontiguousarray(image), icc=icc, **options))
    else:
        image.save(file, kind, **options)
    return file.getvalue()


def with_exif() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "anna", 6
    bare = exif.tobytes().removeprefix(EXIF_PREFIX)
    found = {kind: save(kind, exif=exif.tobytes()) for kind in FORMATS if kind not in EXIF_LESS}
    return {**found, "JXL": save("JXL", exif=bare)}


def with_xmp() -> dict[str, bytes]:
    packet = xmp.write(None, {RATING: "4"})
    found = {kind: save(kind, xmp=packet) for kind in ("JPEG", "WEBP", "AVIF", "HEIC", "JXL")}
    gif = imaging.encode(replace(imaging.decode(save("GIF")), xmp=packet), "GIF")
    said = PngInfo()
    said.add_itxt("XML:com.adobe.xmp", packet.decode())
    tiff = save("TIFF", tiffinfo={700: packet})
    return {**found, "PNG": save("PNG", pnginfo=said), "TIFF": tiff, "GIF": gif}


def with_profile() -> dict[str, bytes]:
    return {kind: save(kind, icc_profile=PROFILE) for kind in FORMATS if kind != "GIF"}


def with_numbers() -> dict[str, bytes]:
    """Return pictures in Display P3 that say so by H.273's numbers."""
    at = len(b"\x89PNG\r\n\x1a\n") + 25
    plain, stated = save("PNG"), chunk(b"cICP", bytes([12, 13, 0, 1]))
    picture = replace(imaging.decode(save("AVIF")), colour=Colour(12, 13))
    return {"PNG": plain[:at] + stated + plain[at:], "AVIF": imaging.encode(picture)}


def with_parameters() -> dict[str, bytes]:
    said = PngInfo()
    said.add_text("parameters", PARAMETERS)
    return {"PNG": save("PNG", pnginfo=said)}


def with_caption() -> dict[str, bytes]:
    text = b"\x1c\x02\x78\0\x09a caption"
    body = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(text)) + text
    plain = save("JPEG")
    return {"JPEG": plain[:20] + struct.pack(">BBH", 0xFF, 0xED, len(body) + 2) + body + plain[20:]}


def with_alpha() -> dict[str, bytes]:
    image = IMAGE.copy()
    image.putalpha(Image.linear_gradient("L").resize(IMAGE.size))
    return {kind: save(kind, image) for kind in FORMATS if kind not in ("JPEG", "GIF")}


def with_holes() -> dict[str, bytes]:
    """Return pictures whose every pixel is shown or not."""
    image = IMAGE.copy()
    image.putalpha(Image.fromarray(np.where(ACROSS > DOWN, 255, 0).astype(np.uint8)))
    exact = {"PNG": {}, "GIF": {}, "TIFF": {}, "WEBP": {"lossless": True, "exact": True}}
    return {kind: save(kind, image, **options) for kind, options in exact.items()}


def with_depth() -> dict[str, bytes]:
    deep = Image.fromarray((ACROSS * 300 + DOWN).astype(np.uint16))
    return {kind: save(kind, deep) for kind in ("PNG", "TIFF")}


def with_inks() -> dict[str, bytes]:
    return {kind: save(kind, IMAGE.convert("CMYK")) for kind in ("JPEG", "TIFF")}


def with_gain_map() -> dict[str, bytes]:
    small = IMAGE.resize((96, 64))
    layered = {kind: with_layer(make(IMAGE), make(small)) for kind, make in MAKERS.items()}
    return {"JPEG": ultra_hdr(IMAGE), **layered}


def with_film() -> dict[str, bytes]:
    return {"JPEG": motion_photo(IMAGE), **{k: make(IMAGE) + FILM for k, make in MAKERS.items()}}


MAKERS = {"AVIF": avif, "HEIC": heic}

TRAITS = (
    Trait("EXIF", with_exif, lambda _b, _a, said: said.get("IFD0:Artist") == "anna"),
    Trait("orientation", with_exif, lambda b, a, _s: shown(b).shape == shown(a).shape),
    Trait("XMP", with_xmp, lambda _b, _a, said: said.get("XMP-xmp:Rating") == 4),
    Trait("ICC profile", with_profile, lambda _b, a, _s: a.icc == PROFILE),
    Trait("Display P3 by numbers", with_numbers, lambda _b, a, _s: bool(a.icc or a.colour)),
    Trait("parameters", with_parameters, lambda _b, _a, said: "Steps: 20" in str(said.values())),
    Trait("IPTC", with_caption, lambda _b, _a, said: "a caption" in map(str, said.values())),
    Trait("alpha", with_alpha, lambda b, a, _s: same(b.alpha, a.alpha)),
    Trait("alpha of 0 or 255", with_holes, lambda b, a, _s: same(b.alpha, a.alpha)),
    Trait("16 bits", with_depth, lambda b, a, _s: same(b.own, a.own)),
    Trait("CMYK", with_inks, lambda _b, a, _s: a.own is not None and a.own.shape[2] == 4),
    Trait("gain map", with_gain_map, lambda b, a, _s: bool(a.companions) == bool(b.companions)),
    Trait("film", with_film, lambda _b, a, _s: b"ftypmp42" in a.companions),
)


def main() -> None:
    write("conversions", list(make_rows()))


def make_rows() -> Iterator[str]:
    """Yield the table: a trait a row, a format a column, and a last row for second decoders."""
    yield f"| in the source | {' | '.join(FORMATS)} |"
    yield "|---" * (len(FORMATS) + 1) + "|"
    seen: dict[str, list[bool]] = {}
    for trait in TRAITS:
        cells = [judge(trait, target, seen) for target in FORMATS]
        yield f"| {trait.name} | {' | '.join(cells)} |"
    agreed = [
        f"{sum(seen[kind])} of {len(seen[kind])}" if kind in seen else "–" for kind in FORMATS
    ]
    yield f"| second decoder agrees | {' | '.join(agreed)} |"


def judge(trait: Trait, target: str, seen: dict[str, list[bool]]) -> str:
    """Say what becomes of a trait in a format, and of which sources where they differ."""
    answers: dict[str, list[str]] = {}
    for kind, data in trait.sources().items():
        answer, file = convert(trait, data, target)
        answers.setdefault(answer, []).append(kind)
        if file is not None and (again := decode_again(file, target)) is not None:
            seen.setdefault(target, []).append(agrees(imaging.decode(file), again))
    if len(answers) == 1:
        return next(iter(answers))
    return "; ".join(f"{answer} ({', '.join(kinds)})" for answer, kinds in answers.items())


def convert(trait: Trait, data: bytes, target: str) -> tuple[str, bytes | None]:
    before = imaging.decode(data)
    try:
        losses = imaging.fit_to_format(before, target).losses
        file = imaging.encode(before, target)
    except UnsupportedFormatError:
        return "refused", None
    if trait.kept(before, imaging.decode(file), read_tags(file, target)):
        return "kept", file
    return "said" if losses else "**lost**", file


def read_tags(file: bytes, kind: str) -> dict[str, Any]:
    """Return what ExifTool reads, by group and name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{SUFFIX.get(kind, kind.lower())}"
        path.write_bytes(file)
        done = subprocess.run(
            ["exiftool", "-j", "-G1", "-a", path], capture_output=True, check=True
        )
    tags: dict[str, Any] = json.loads(done.stdout)[0]
    return tags


def decode_again(file: bytes, kind: str) -> NDArray[Any] | None:
    """Return the pixels as another decoder shows them, None where there is none."""
    if kind == "TIFF":
        return np.asarray(tifffile.imread(io.BytesIO(file)))
    program = {"AVIF": "avifdec", "HEIC": "heif-convert", "JXL": "djxl"}.get(kind)
    if program is None or shutil.which(program) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / f"x.{kind.lower()}", Path(folder) / "y.png"
        source.write_bytes(file)
        subprocess.run([program, source, target], capture_output=True, check=True)
        with Image.open(target) as image:
            return np.asarray(image.convert("RGB"))


def agrees(ours: Picture, theirs: NDArray[Any]) -> bool:
    """Compare with either way of lying: stored, or as it is seen."""
    for own in (ours.own if ours.own is not None else ours.rgb, ours.rgb, shown(ours)):
        other = theirs[..., :3] if theirs.ndim == 3 and own.shape[2] == 3 else theirs
        other = other[..., None] if other.ndim == 2 else other
        if own.shape[:2] == other.shape[:2] and own.shape[2] % other.shape[2] == 0:
            return bool(np.abs(own.astype(int) - other).mean() < CLOSE)
    return False


def shown(picture: Picture) -> NDArray[np.uint8]:
    return picture.turn_upright().rgb


def same(before: Any, after: Any) -> bool:
    return before is not None and after is not None and np.array_equal(before, after)


if __name__ == "__main__":
    main()
