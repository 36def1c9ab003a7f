"""Taken off a screen or a sheet of paper by a camera or a scanner: simulations, with their models.

``photographed``. The picture fills a screen, a screen pixel for each of its own. Each screen pixel
is three stripes, red, green and blue, a third of its width each; the lower third of its height
shines at 40 %. Light is pixel value to the power of 2.2. The camera sees the screen at a tilt: each
corner lies inwards from the frame by up to ``tilt`` of the sides, chosen evenly, before a dark
wall. The photograph has ``ratio`` times the picture's sides. Each photograph's pixel averages its
own square of the stripes, which makes the moire, after a blur of 0.5 of its pixels (optics).
Exposure, 0.85 to 1.1, and white balance, 0.93 to 1.07 of red and blue, are chosen evenly; light
falls off to 85 % in the corners; shot noise of 1.2 % at full light and read noise of 0.4 % are
added. The camera's curve is light to the power of 1/2.2 times 0.9 to 1.1, chosen evenly; the result
is saved as JPEG 85. There is no lens distortion, no reflection and no demosaicing.

``printed``. Grey levels are inks by a clustered-dot screen: a pixel of the picture is ``dots``
printer dots wide; cells of ``cell`` dots, at 15, 75 and 45 degrees for red, green and blue, are
inked from their middle. Ink spreads by a blur of 0.6 dots. The scanner turns the sheet by up to
1.5 degrees either way and samples at 0.9 to 1.1 times the picture's size, chosen evenly, with a
blur of 0.7 of its pixels and noise of 1 %; the result is saved as JPEG 85.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from bench.attacks.base import Transform
from bench.attacks.codecs import jpeg
from bench.attacks.geometry import corners_inwards, warp_of

Floats = NDArray[np.float32]

DISPLAY_GAMMA = 2.2
"""Exponent from pixel value to light."""
STRIPES = 3
"""Samples of a screen pixel along each side: a stripe each for red, green and blue."""
GAP = 0.4
"""How bright the lower third of a screen pixel is."""
OPTICS_BLUR = 0.5
"""Deviation of the lens's blur, in pixels of the photograph."""
CORNER_LIGHT = 0.85
"""Light in the corners, over that in the middle."""
SHOT_NOISE, READ_NOISE = 0.012, 0.004
"""Deviations at full light and in the dark, of full light."""
_SEEN = 2
"""Samples of a photograph's pixel along each side, before it averages them."""
ANGLES = (15.0, 75.0, 45.0)
"""Degrees of the printing screens for red, green and blue."""


def photographed(tilt: float, ratio: float = 1.0) -> Transform:
    """A photograph of a screen; see the module for the model."""

    def take(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        size = round(image.width * ratio), round(image.height * ratio)
        corners = corners_inwards(size, tilt, rng)
        light = np.stack(
            [_seen(_shone(image, channel), corners, size) for channel in range(3)], axis=-1
        )
        return jpeg(85)(_exposed(light, rng), rng)

    return take


def _shone(image: Image.Image, channel: int) -> Floats:
    """What one colour's stripes of a screen shine, ``STRIPES`` samples for a pixel."""
    value = np.asarray(image.getchannel(channel), np.float32) / 255
    light = np.zeros((*value.shape[:1], STRIPES, value.shape[1], STRIPES), np.float32)
    light[:, :, :, channel] = STRIPES * value[:, None] ** np.float32(DISPLAY_GAMMA)
    light[:, -1] *= np.float32(GAP)
    shone = light.reshape(STRIPES * value.shape[0], -1) / np.float32((2 + GAP) / 3)
    return np.asarray(shone, np.float32)


def _seen(light: Floats, corners: NDArray[np.float64], size: tuple[int, int]) -> Floats:
    """Project a screen to where its corners are seen, and average each pixel's square."""
    high, wide = light.shape
    large = size[0] * _SEEN, size[1] * _SEEN
    # where the screen is sampled more coarsely than it shines, it is averaged first
    shrink = max(1, round(wide / large[0]))
    image = Image.fromarray(light).reduce(shrink)
    frame = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * (wide / shrink, high / shrink)
    data = warp_of(corners * _SEEN, frame)
    seen = image.transform(large, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR)
    blurred = ndimage.gaussian_filter(np.asarray(seen), OPTICS_BLUR * _SEEN)
    return np.asarray(Image.fromarray(blurred).reduce(_SEEN))


def _exposed(light: Floats, rng: np.random.Generator) -> Image.Image:
    """What the camera makes of light: exposure, white balance, vignetting, noise and its curve."""
    high, wide = light.shape[:2]
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    falloff = 1 - (1 - CORNER_LIGHT) * (x * x + y * y) / 2
    balance = np.array((rng.uniform(0.93, 1.07), 1.0, rng.uniform(0.93, 1.07)))
    light = light * falloff[..., None] * balance * rng.uniform(0.85, 1.1)
    deviation = np.sqrt(SHOT_NOISE**2 * np.clip(light, 0, None) + READ_NOISE**2)
    light = np.clip(light + rng.normal(0, 1, light.shape) * deviation, 0, 1)
    value = light ** (rng.uniform(0.9, 1.1) / DISPLAY_GAMMA)
    return Image.fromarray(np.rint(255 * value).astype(np.uint8))


def printed(dots: int, cell: float) -> Transform:
    """Printed with a screen of so many dots, and scanned; see the module for the model."""

    def scan(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        size = image.width * dots, image.height * dots
        value = np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.float32) / 255
        paper = np.stack(
            [_inked(value[..., n], cell, math.radians(ANGLES[n])) for n in range(3)], axis=-1
        )
        sheet = Image.fromarray(np.rint(255 * paper).astype(np.uint8))
        zoom = rng.uniform(0.9, 1.1) / dots
        turned = sheet.rotate(
            rng.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, fillcolor=(250, 250, 250)
        )
        small = turned.resize(
            (round(size[0] * zoom), round(size[1] * zoom)), Image.Resampling.LANCZOS
        )
        seen = ndimage.gaussian_filter(np.asarray(small, np.float32), (0.7, 0.7, 0))
        seen += rng.normal(0, 2.55, seen.shape)
        return jpeg(85)(Image.fromarray(np.clip(np.rint(seen), 0, 255).astype(np.uint8)), rng)

    return scan


def _inked(value: NDArray[np.floating], cell: float, angle: float) -> Floats:
    """Print one colour: 0 where a clustered-dot screen inks, its ink spread a little."""
    y, x = np.mgrid[0 : value.shape[0], 0 : value.shape[1]].astype(np.float32)
    across = np.cos(2 * np.pi / cell * (x * math.cos(angle) + y * math.sin(angle)))
    down = np.cos(2 * np.pi / cell * (y * math.cos(angle) - x * math.sin(angle)))
    # the sum of two cosines lies under a threshold as often as this says, on average
    level = (across + down) / 2
    rank = 0.5 + np.sign(level) * 0.5 * (1 - (1 - np.abs(level)) ** 1.4)
    return np.asarray(ndimage.gaussian_filter((rank < value).astype(np.float32), 0.6))
