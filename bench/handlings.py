"""Twenty-five handlings of pictures, as people pass them on: python -m bench.handlings.

Each picture is stamped, handled and stripped of its manifest. Who examines it has the producer's
directory entry and response, and no registry. Counted are the copies that are attributed, those
attributed to somebody else, of which there must be none, and how far the share of the picture that
the verdict speaks of lies from the true one, which is taken from the pixels that were moved.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from PIL import Image, ImageDraw, ImageFilter, ImageFont  # noqa: E402

from bench.attacks import geometry as geo  # noqa: E402
from bench.attacks import overlays, placing, values  # noqa: E402
from bench.attacks.base import Attack, Transform, chain, plain  # noqa: E402
from bench.attacks.codecs import jpeg, webp  # noqa: E402
from bench.pictures import Pixels, choose, sources  # noqa: E402
from bench.rates import wilson  # noqa: E402
from bench.verdicts import studio  # noqa: E402
from provenance import imaging  # noqa: E402
from provenance.verify import Verdict  # noqa: E402

NEAR_ENOUGH = 0.10
"""Share of the picture by which what is said of it may be off."""

_CHATS = {
    # name: screen, bubble, ink, and where the picture lies: left and width as shares, above, below
    "light": ((236, 229, 221), (255, 255, 255), (40, 40, 40), 0.05, 0.78, 3, 5),
    "dark": ((11, 20, 26), (32, 44, 51), (230, 230, 230), 0.17, 0.78, 6, 3),
    "white": ((255, 255, 255), (233, 233, 235), (20, 20, 20), 0.02, 0.66, 4, 8),
    "small": ((250, 250, 250), (220, 245, 220), (30, 30, 30), 0.30, 0.60, 10, 12),
}


def chat(name: str) -> Transform:
    """A screenshot of a chat, 1080 pixels wide, with the picture among messages."""
    screen_colour, bubble, ink, left, share, above, below = _CHATS[name]

    def run(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        width, row = 1080, 90
        shown = image.resize(
            (round(share * width), round(share * width * image.height / image.width)),
            Image.Resampling.LANCZOS,
        )
        top = 160 + above * row
        screen = Image.new("RGB", (width, top + shown.height + below * row + 140), screen_colour)
        draw, font = ImageDraw.Draw(screen), ImageFont.load_default(size=34)
        draw.rectangle((0, 0, width, 130), fill=bubble)
        draw.text((140, 45), "Family group", ink, font)
        ends = [160 + n * row for n in range(above)]
        ends += [top + shown.height + 20 + n * row for n in range(below)]
        for y in ends:
            length = int(rng.integers(250, 800))
            x = 40 if rng.integers(2) else width - 40 - length
            draw.rounded_rectangle((x, y, x + length, y + row - 20), 24, fill=bubble)
            draw.text((x + 24, y + 16), "have you seen this one?"[: length // 20], ink, font)
        screen.paste(shown, (round(left * width), top))
        return screen

    return run


def printed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Printed with dots of ink and scanned: paler, soft, with grain, turned by a hair, margins."""
    pale = np.asarray(image, np.float32) * 0.82 + 28
    grain = rng.normal(0, 5, pale.shape[:2])[..., None]
    page = Image.fromarray(np.clip(pale + grain, 0, 255).astype(np.uint8))
    page = page.filter(ImageFilter.GaussianBlur(0.9))
    sheet = placing.bordered(0.08, (250, 249, 245))(page, rng)
    turned = sheet.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=(250, 249, 245))
    return jpeg(82)(turned, rng)


def screen_photo(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A photograph of a screen: seen from the side, its pixel grid, glare, noise, a dark room."""
    width, height = image.size
    shown = np.asarray(image, np.float32)
    rows = 0.94 + 0.06 * np.sin(np.arange(height) * 2 * np.pi / 2.7)[:, None, None]
    shown = shown * rows + 12
    glare = np.linspace(0, 40, width)[None, :, None] * np.linspace(1, 0, height)[:, None, None]
    lit = Image.fromarray(np.clip(shown + glare, 0, 255).astype(np.uint8))
    edge = round(0.12 * min(image.size))
    size = width + 2 * edge, height + 2 * edge
    # Where the corners of the photograph look at on the screen: it is held a little from the side.
    left, bottom = (-edge, -edge, -0.8 * edge, height + 1.1 * edge), height + 0.9 * edge
    corners = (*left, width + 1.1 * edge, bottom, width + edge, -1.2 * edge)
    seen = lit.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    noisy = np.asarray(seen, np.float32) + rng.normal(0, 4, (size[1], size[0], 3))
    return jpeg(80)(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)), rng)


def slide(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """On a slide of 16:9 beside a list of points."""
    height = image.height * 5 // 4
    canvas = Image.new("RGB", (height * 16 // 9, height), (255, 255, 255))
    small = geo.resized(min(0.62, 0.55 * canvas.width / image.width))(image, rng)
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(size=height // 24)
    draw.text((height // 14, height // 16), "What the model makes", (20, 40, 90), font)
    for line in range(6):
        at = height // 5 + line * height // 10
        draw.text((height // 14, at), "-  a point about it", (60, 60, 60), font)
    canvas.paste(small, (canvas.width - small.width - height // 16, height // 4))
    return canvas


def meme(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """White lettering with a black rim over top and bottom."""
    out = image.copy()
    size = min(image.height // 10, image.width // 12)
    draw, font = ImageDraw.Draw(out), ImageFont.load_default(size=size)
    for text, y in (
        ("WHEN THE MODEL", size // 3),
        ("SAYS IT IS A PHOTO", image.height - 3 * size // 2),
    ):
        draw.text(
            (image.width / 2, y),
            text,
            "white",
            font,
            anchor="ma",
            stroke_width=4,
            stroke_fill="black",
        )
    return out


HANDLINGS = tuple(
    Attack(name, group, transform)
    for group, family in {
        "chat screenshot": {
            "chat, light": chain(chat("light"), jpeg(85)),
            "chat, dark": chain(chat("dark"), jpeg(80)),
            "chat, white": chat("white"),
            "chat, small picture": chain(chat("small"), jpeg(85)),
            "chat, forwarded screenshot": chain(chat("light"), geo.fitted(1600), jpeg(70)),
        },
        "messenger": {
            "1600 px, JPEG 75": chain(geo.fitted(1600), jpeg(75)),
            "1280 px, JPEG 65, twice": chain(geo.fitted(1280), jpeg(65), jpeg(65)),
            "800 px, WebP 60": chain(geo.fitted(800), webp(60)),
            "sticker, 512 px, WebP": chain(geo.fitted(512), webp(75)),
            "1080 px, JPEG 50": chain(geo.fitted(1080), jpeg(50)),
        },
        "crop": {
            "crop to 80 %, JPEG 80": chain(geo.cropped(0.8), jpeg(80)),
            "crop to 50 %, JPEG 80": chain(geo.cropped(0.5), jpeg(80)),
            "crop to 30 %, JPEG 85": chain(geo.cropped(0.3), jpeg(85)),
            "crop to 60 %, mirrored, 0.7": chain(
                geo.cropped(0.6), geo.mirrored, geo.resized(0.7), jpeg(80)
            ),
            "crop to 70 %, turned 2° cut": chain(geo.cropped(0.7), geo.turned_inside(2), jpeg(80)),
        },
        "print and photo": {
            "printed and scanned": printed,
            "photo of a screen": screen_photo,
            "printed grey": chain(values.grey, printed),
            "photo of a screen, 1280 px": chain(screen_photo, geo.fitted(1280), jpeg(70)),
        },
        "page": {
            "browser window": chain(placing.window, jpeg(85)),
            "phone, full width": chain(placing.phone, jpeg(80)),
            "slide": chain(slide, jpeg(88)),
            "between blurred copies": chain(placing.letterboxed, jpeg(80)),
            "meme": chain(plain(lambda image: image), meme, jpeg(75)),
            "caption": chain(overlays.captioned(0.12), jpeg(75)),
        },
    }.items()
    for name, transform in family.items()
)


@dataclass(frozen=True)
class Row:
    """One verdict: the share that is said, by the proof or by the mark alone, and the true one."""

    picture: str
    handling: str
    group: str
    state: str
    right: bool
    wrong: bool
    said: float
    alone: float
    true: float


def measure(pictures: dict[str, Pixels], handlings: Sequence[Attack]) -> Iterator[Row]:
    """Stamp each picture, handle it, and examine it with the response about its stamp."""
    with studio(by_response=True) as (stamper, make):
        stamped = {name: stamper.stamp(rgb, model="m") for name, rgb in pictures.items()}
        verifier = make(each.record.stamp_id for each in stamped.values())
        for name, picture in stamped.items():
            marked = imaging.decode(picture.data).rgb
            for handling in handlings:
                shows = handling.shows(marked.shape, name)
                verdict = verifier.verify(_png(handling(marked, name)))
                yield _row(handling, name, verdict, picture.record.stamp_id, float(shows.mean()))


def _row(handling: Attack, name: str, verdict: Verdict, stamp_id: str, true: float) -> Row:
    own = next((m for m in verdict.weighed.marks if m.found.stamp_id == stamp_id), None)
    origin = verdict.origin
    return Row(
        picture=name,
        handling=handling.name,
        group=handling.group,
        state=verdict.state.value,
        right=origin is not None and origin.stamp_id == stamp_id,
        wrong=origin is not None and origin.stamp_id != stamp_id,
        said=own.region.coverage if own else 0.0,
        alone=own.found.region.coverage if own else 0.0,
        true=true,
    )


def _png(rgb: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def report(rows: Sequence[Row]) -> str:
    """The table by family, the sums with intervals, and what fell short."""
    lines = [
        "| handling | copies | attributed | wrong | share off by, worst | mark alone, worst |",
        "|---|---|---|---|---|---|",
    ]
    groups = dict.fromkeys(row.group for row in rows)
    lines += [_write_line(name, [row for row in rows if row.group == name]) for name in groups]
    lines += [_write_line("all", rows), ""]
    lines += [_rate("attributed", rows, lambda row: row.right)]
    lines += [_rate("attributed to somebody else", rows, lambda row: row.wrong)]
    found = [row for row in rows if row.right]
    near = _rate(
        "share within 10 points", found, lambda row: abs(row.said - row.true) <= NEAR_ENOUGH
    )
    lines += [near, ""]
    odd = (r for r in rows if not r.right or abs(r.said - r.true) > NEAR_ENOUGH)
    lines += [
        f"- {r.picture}, {r.handling}: {r.state}, says {r.said:.2f}, mark alone {r.alone:.2f}, "
        f"true {r.true:.2f}"
        for r in odd
    ]
    return "\n".join(lines)


def _write_line(name: str, rows: Sequence[Row]) -> str:
    found = [row for row in rows if row.right]
    said = max((abs(row.said - row.true) for row in found), default=0.0)
    alone = max((abs(row.alone - row.true) for row in found), default=0.0)
    wrong = sum(row.wrong for row in rows)
    return f"| {name} | {len(rows)} | {len(found)} | {wrong} | {said:.1%} | {alone:.1%} |"


def _rate(what: str, rows: Sequence[Row], holds: Callable[[Row], bool]) -> str:
    hits = sum(map(holds, rows))
    low, high = wilson(hits, len(rows))
    return f"{what}: {hits} of {len(rows)} ({low:.1%} to {high:.1%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--pictures", type=int, default=6, help="how many, evenly spread")
    given = parser.parse_args()
    names = choose(given.side, given.pictures, ("scikit-image", "corpus"))
    pictures = {name: sources()[name].load(given.side) for name in names}
    rows = []
    for row in measure(pictures, HANDLINGS):
        rows.append(row)
        print(row, file=sys.stderr, flush=True)
    print(f"{', '.join(names)}; short side {given.side}; {len(HANDLINGS)} handlings\n")
    print(report(rows))


if __name__ == "__main__":
    main()
