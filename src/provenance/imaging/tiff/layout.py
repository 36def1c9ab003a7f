"""How a TIFF page stores its samples: an allow-list, since whatever is guessed comes out wrong.

TIFF combines some twenty tags freely, and decoders show many combinations wrongly without a word. A
combination that is not read exactly here is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.containers import tiff
from provenance.errors import CorruptImageError
from provenance.imaging.tiff import names

COLOURS = {
    names.WHITE_IS_ZERO: 1,
    names.GREY: 1,
    names.RGB: 3,
    names.PALETTE: 1,
    names.INKS: 4,
    names.YCC: 3,
}
"""Channels of each colour model that is read, without alpha."""

FAX = frozenset({names.CCITT_RLE, names.GROUP_3, names.GROUP_4})
DIFFERING = frozenset({names.LZW, names.DEFLATE, names.OLD_DEFLATE, names.LZMA, names.ZSTD})
EXACT = DIFFERING | {names.RAW, names.PACK_BITS}
"""Compressions for pages in black and white, for differences between samples, and for any bytes."""

OTHER_MODELS = {
    4: "a transparency mask",
    **dict.fromkeys((8, 9, 10), "colours in L*a*b*"),
    **dict.fromkeys((32803, 34892), "a camera's raw samples"),
    **dict.fromkeys((32844, 32845), "logarithmic samples"),
}
OTHER_COMPRESSIONS = {
    6: "JPEG compression of the old kind",
    34712: "JPEG 2000 compression",
    34887: "LERC compression",
    50001: "WebP compression",
    **dict.fromkeys((32767, 34713), "a camera's raw compression"),
    **dict.fromkeys((34676, 34677), "logarithmic compression"),
    **dict.fromkeys((50002, 52546), "JPEG XL compression"),
}
OTHER_SAMPLES = {
    2: "signed samples",
    3: "samples in floating point",
    **dict.fromkeys((5, 6), "complex samples"),
}
"""What is not read, by name."""

UNSIGNED = frozenset({1, 4})
"""Values of ``SAMPLE_FORMAT`` that are read: whole numbers, and nothing said."""

MOST_BITS = 16
"""Of a sample."""


class UnknownLayoutError(Exception):
    """A healthy TIFF holds what is not read exactly here; the message says what."""


def make_error(what: str) -> UnknownLayoutError:
    """Return the error for a TIFF that holds this."""
    return UnknownLayoutError(f"This TIFF holds {what}.")


@dataclass(frozen=True)
class Layout:
    """How the samples of a page lie in its file.

    Attributes
    ----------
    order
        ``<`` or ``>``: which byte of a sample comes first.
    width, length
        Pixels.
    photometric, compression
        As TIFF numbers them.
    bits
        Of each sample, 1 to 16.
    channels
        Colours, and alpha if there is one.
    alpha
        ``names.STRAIGHT``, ``names.PREMULTIPLIED`` or None.
    planes
        The file stores one channel after the other.
    differences
        Each sample is stored as its difference from the one to the left.
    tile
        Width and length of a tile; None where the parts are strips.
    strip
        Rows of a strip; the last one may have fewer.
    """

    order: str
    width: int
    length: int
    photometric: int
    compression: int
    bits: int
    channels: int
    alpha: int | None
    planes: bool
    differences: bool
    tile: tuple[int, int] | None
    strip: int

    @property
    def colours(self) -> int:
        """Channels without alpha."""
        return COLOURS[self.photometric]

    @property
    def interleaved(self) -> int:
        """Channels that lie side by side."""
        return 1 if self.planes else self.channels

    @property
    def part_width(self) -> int:
        """Pixels across a strip or tile."""
        return self.tile[0] if self.tile else self.width

    @property
    def part_length(self) -> int:
        """Rows of a strip or tile."""
        return self.tile[1] if self.tile else self.strip

    @property
    def across(self) -> int:
        """Parts side by side."""
        return -(-self.width // self.part_width)

    @property
    def down(self) -> int:
        """Parts below each other."""
        return -(-self.length // self.part_length)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of a part."""
        return -(-self.part_width * self.interleaved * self.bits // 8)


def read_layout(page: tiff.Directory) -> Layout:
    """Read how a page stores its samples.

    Raises
    ------
    UnknownLayoutError
        In a way that is not read.
    CorruptImageError
        Tags are missing or contradict each other.
    """
    width, length = page.read(names.WIDTH, (0,))[0], page.read(names.LENGTH, (0,))[0]
    channels = page.read(names.CHANNELS, (1,))[0]
    photometric = _read_model(page)
    bits, compression = _read_bits(page), page.read(names.COMPRESSION, (names.RAW,))[0]
    _check_compression(page, compression, photometric, bits)
    predictor = page.read(names.PREDICTOR, (names.NO_PREDICTOR,))[0]
    differences = compression in DIFFERING and predictor != names.NO_PREDICTOR
    if differences and (predictor != names.HORIZONTAL_DIFFERENCES or bits not in (8, 16)):
        raise make_error("differences of a kind")
    tile = None
    if names.TILE_WIDTH in page.entries:
        tile = page.read(names.TILE_WIDTH, (0,))[0], page.read(names.TILE_LENGTH, (0,))[0]
    strip = min(page.read(names.ROWS_PER_STRIP, (length,))[0], length)
    if min(width, length, strip, *(tile or ())) < 1:
        raise CorruptImageError("The TIFF picture can't be decoded: it states no size.")
    layout = Layout(
        order=page.order,
        width=width,
        length=length,
        photometric=photometric,
        compression=compression,
        bits=bits,
        channels=channels,
        alpha=_read_alpha(page, channels - COLOURS[photometric], photometric),
        planes=channels > 1 and page.read(names.PLANES, (1,))[0] == 2,
        differences=differences,
        tile=tile,
        strip=strip,
    )
    if compression == names.JPEG and (layout.planes or layout.alpha or photometric == names.INKS):
        raise make_error("JPEG compression of single channels, alpha or inks")
    return layout


def _read_model(page: tiff.Directory) -> int:
    photometric = page.read(names.PHOTOMETRIC, (-1,))[0]
    if photometric == -1:
        raise CorruptImageError("The TIFF picture can't be decoded: it states no colour model.")
    if photometric not in COLOURS:
        raise make_error(OTHER_MODELS.get(photometric, f"a colour model of number {photometric}"))
    if photometric == names.INKS and page.read(names.INK_SET, (1,))[0] != 1:
        raise make_error("inks other than cyan, magenta, yellow and black")
    return photometric


def _read_bits(page: tiff.Directory) -> int:
    bits = set(page.read(names.BITS, (1,)))
    kinds = set(page.read(names.SAMPLE_FORMAT, (1,))) - UNSIGNED
    if kinds:
        what = OTHER_SAMPLES.get(min(kinds), f"samples of number {min(kinds)}")
        raise make_error(f"{what}, of {max(bits)} bits")
    if len(bits) > 1:
        raise make_error("channels with different numbers of bits")
    (depth,) = bits
    if depth > MOST_BITS:
        raise make_error(f"{depth} bits per channel")
    if depth < 1:
        raise CorruptImageError("The TIFF picture can't be decoded: its samples have no bits.")
    return depth


def _check_compression(page: tiff.Directory, compression: int, photometric: int, bits: int) -> None:
    known = EXACT | FAX | {names.JPEG}
    if compression not in known:
        other = OTHER_COMPRESSIONS.get(compression, f"compression of number {compression}")
        raise make_error(other)
    if compression == names.JPEG and bits != 8:
        raise make_error(f"JPEG compression with {bits} bits per channel")
    if compression != names.JPEG and photometric == names.YCC:
        raise make_error("luma and chroma (YCbCr) without JPEG compression")
    if bits != 1 and (compression in FAX or page.read(names.FILL_ORDER, (1,))[0] != 1):
        raise make_error(f"{bits}-bit samples stored as if for a fax")
    if photometric == names.PALETTE and bits > 8:
        raise make_error(f"a palette of {bits} bits")


def _read_alpha(page: tiff.Directory, extra: int, photometric: int) -> int | None:
    """Return what the one channel beyond the colours is, which has to be alpha."""
    if extra < 0:
        raise CorruptImageError("The TIFF picture can't be decoded: it has too few channels.")
    if extra == 0:
        return None
    kinds = page.read(names.EXTRA_SAMPLES, (names.UNSPECIFIED,))
    if extra > 1 or kinds[0] not in (names.STRAIGHT, names.PREMULTIPLIED):
        what = "a further channel" if extra == 1 else f"{extra} further channels"
        raise make_error(f"{what}, such as masks or spot colours")
    if photometric in (names.PALETTE, names.INKS):
        raise make_error("inks or a palette with alpha")
    return kinds[0]
