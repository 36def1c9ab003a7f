"""What pixels say: noise, filters, tone, colour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from scipy import ndimage

from bench.attacks.base import Transform, plain
from provenance.demo.transforms import remove_colour

_SEPIA = np.array([(0.39, 0.77, 0.19), (0.35, 0.69, 0.17), (0.27, 0.53, 0.13)])


def _rounded(values: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def noise(deviation: float) -> Transform:
    """Gaussian, each channel its own."""
    return lambda image, rng: _rounded(
        np.asarray(image) + rng.normal(0, deviation, (image.height, image.width, 3))
    )


def speckle(share: float) -> Transform:
    """Multiplied with noise of this relative deviation."""
    return lambda image, rng: _rounded(
        np.asarray(image) * rng.normal(1, share, (image.height, image.width, 1))
    )


def salt_and_pepper(share: float) -> Transform:
    """Black or white pixels, to this share."""

    def run(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        pixels, draw = np.array(image), rng.random((image.height, image.width))
        pixels[draw < share] = 0
        pixels[draw < share / 2] = 255
        return Image.fromarray(pixels)

    return run


def filtered(kernel: ImageFilter.Filter) -> Transform:
    return plain(lambda image: image.filter(kernel))


def smeared(length: int) -> Transform:
    """Blurred along the rows, as by a moving camera."""
    return plain(
        lambda image: _rounded(ndimage.uniform_filter1d(np.asarray(image, float), length, axis=1))
    )


def denoised(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Wavelet shrinkage with estimated noise (BayesShrink)."""
    from skimage.restoration import denoise_wavelet, estimate_sigma

    pixels = np.asarray(image, float) / 255
    # at least two grey levels: of a clean picture the estimate would be nothing to remove
    sigma = max(2 / 255, float(estimate_sigma(pixels, channel_axis=2, average_sigmas=True)))
    clean = denoise_wavelet(pixels, sigma, channel_axis=2, convert2ycbcr=True, rescale_sigma=True)
    return _rounded(255 * clean)


def flattened(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Total-variation denoising, which leaves edges and takes texture."""
    from skimage.restoration import denoise_tv_chambolle

    pixels = np.asarray(image, np.float32) / 255
    return _rounded(255 * denoise_tv_chambolle(pixels, 0.03, max_num_iter=30, channel_axis=2))


def gamma(exponent: float) -> Transform:
    table = [round(255 * (value / 255) ** exponent) for value in range(256)]
    return plain(lambda image: image.point(table * 3))


def enhanced(kind: Callable[[Image.Image], ImageEnhance._Enhance], factor: float) -> Transform:
    return plain(lambda image: kind(image).enhance(factor))


def equalised(image: Image.Image, _: np.random.Generator) -> Image.Image:
    return ImageOps.equalize(image)


def stretched_tone(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Black and white points at 2 % each, channel by channel."""
    return ImageOps.autocontrast(image, cutoff=2)


def posterised(bits: int) -> Transform:
    return plain(lambda image: ImageOps.posterize(image, bits))


def inverted(image: Image.Image, _: np.random.Generator) -> Image.Image:
    return ImageOps.invert(image)


grey = plain(remove_colour)


def hue(degrees: float) -> Transform:
    def shift(image: Image.Image) -> Image.Image:
        hsv = np.array(image.convert("HSV"))
        hsv[..., 0] += np.uint8(round(degrees / 360 * 256) % 256)
        return Image.fromarray(hsv, "HSV").convert("RGB")

    return plain(shift)


def balanced(red: float, blue: float) -> Transform:
    """Another white balance: red and blue times a factor each."""
    return plain(lambda image: _rounded(np.asarray(image) * np.array((red, 1.0, blue))))


def sepia(image: Image.Image, _: np.random.Generator) -> Image.Image:
    return _rounded(np.asarray(image) @ _SEPIA.T)


def vignetted(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Darker towards the corners, down to 40 %."""
    y, x = np.mgrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
    return _rounded(np.asarray(image) * (1 - 0.3 * (x * x + y * y))[..., None])
