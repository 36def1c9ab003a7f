"""Every attack by name and family, in the order of the tables."""

from __future__ import annotations

from PIL import Image, ImageEnhance, ImageFilter

from bench.attacks import codecs, overlays, placing, values
from bench.attacks import geometry as geo
from bench.attacks.base import Attack, Transform, chain, plain
from bench.attacks.codecs import avif, jpeg, webp

UNTOUCHED = Attack("untouched", "untouched", plain(lambda image: image))

_TURNS = (1, -3, 5, 10, -15, 30, 45)
_Transpose, _Bright, _Contrast = Image.Transpose, ImageEnhance.Brightness, ImageEnhance.Contrast

_FAMILIES: dict[str, dict[str, Transform]] = {
    "JPEG": {
        **{f"JPEG {q}": jpeg(q) for q in (90, 75, 60, 50, 40, 30, 20, 10)},
        "JPEG 75 4:4:4": jpeg(75, full_colour=True),
        "JPEG 50 progressive": jpeg(50, progressive=True),
    },
    "WebP, AVIF": {
        **{f"WebP {q}": webp(q) for q in (80, 50, 30)},
        **{f"AVIF {q}": avif(q) for q in (70, 50, 30)},
    },
    "resize": {f"x {f:g}": geo.resized(f) for f in (0.75, 0.5, 0.35, 0.25, 1.5, 2)},
    "resize and back": {
        f"x {f:g} and back": geo.back(geo.resized(f)) for f in (0.75, 0.5, 0.35, 0.25, 2)
    },
    "crop": {
        **{f"crop to {100 * area:g} %": geo.cropped(area) for area in (0.9, 0.75, 0.5, 0.25, 0.1)},
        "crop to 300 x 300": geo.cropped_to(300, 300),
        "crop to 300 x 300, JPEG 75": chain(geo.cropped_to(300, 300), jpeg(75)),
    },
    "crop, resized back": {
        f"crop to {100 * area:g} % and back": geo.back(geo.cropped(area))
        for area in (0.9, 0.7, 0.4)
    },
    "turn": {
        **{f"turned {degrees}°": geo.turned(degrees) for degrees in _TURNS},
        "turned 7°, cut": geo.turned_inside(7),
        "turned 20°, cut": geo.turned_inside(20),
        "turned anyhow": geo.turned_anyhow,
    },
    "quarter turn, flip": {
        "turned 90°": geo.transposed(_Transpose.ROTATE_90),
        "turned 180°": geo.transposed(_Transpose.ROTATE_180),
        "turned 270°": geo.transposed(_Transpose.ROTATE_270),
        "mirrored": geo.mirrored,
        "upside down, mirrored": geo.transposed(_Transpose.FLIP_TOP_BOTTOM),
        "transposed": geo.transposed(_Transpose.TRANSPOSE),
    },
    "aspect": {
        **{f"width x {f:g}": geo.stretched(f, 1) for f in (0.85, 0.93, 1.07, 1.15)},
        **{f"height x {f:g}": geo.stretched(1, f) for f in (0.85, 0.93, 1.07, 1.15)},
    },
    "shear, perspective": {
        "sheared 2°": geo.sheared(2, 0),
        "sheared 5°": geo.sheared(0, 5),
        "perspective 1.5 %": geo.tilted(0.015),
        "perspective 3 %": geo.tilted(0.03),
    },
    "pasted": {
        "in a picture of 2x": placing.into_picture,
        "in a picture of 2x, JPEG 75": chain(placing.into_picture, jpeg(75)),
        "on white of 2x": placing.into_white,
        "beside another picture": placing.beside,
    },
    "border": {
        "border 5 %, white": placing.bordered(0.05, (255, 255, 255)),
        "border 15 %, black": placing.bordered(0.15, (0, 0, 0)),
        "letterbox, blurred": placing.letterboxed,
    },
    "screenshot": {
        "in a window": placing.window,
        "x 0.7 in a window, JPEG 80": chain(geo.resized(0.7), placing.window, jpeg(80)),
        "on a phone, JPEG 80": chain(placing.phone, jpeg(80)),
        "chain of three screenshots": chain(*[placing.shared_screenshot] * 3),
    },
    "social": {
        "1080 px, JPEG 70": chain(geo.fitted(1080), jpeg(70)),
        "2048 px, 960 px, JPEG 60": chain(geo.fitted(2048), geo.fitted(960), jpeg(60)),
        "1600 px, JPEG 40": chain(geo.fitted(1600), jpeg(40)),
        "720 px, WebP 70": chain(geo.fitted(720), webp(70)),
        "JPEG 85, 1200 px, JPEG 70, 800 px, WebP 75": chain(
            jpeg(85), geo.fitted(1200), jpeg(70), geo.fitted(800), webp(75)
        ),
    },
    "inverted": {
        "inverted": values.inverted,
        "inverted, JPEG 75": chain(values.inverted, jpeg(75)),
    },
    "noise": {
        **{f"noise {deviation}": values.noise(deviation) for deviation in (5, 10, 20)},
        "speckle 10 %": values.speckle(0.1),
        "salt and pepper 1 %": values.salt_and_pepper(0.01),
    },
    "blur, denoise": {
        "blur 1": values.filtered(ImageFilter.GaussianBlur(1)),
        "blur 2": values.filtered(ImageFilter.GaussianBlur(2)),
        "box 3": values.filtered(ImageFilter.BoxBlur(1)),
        "motion 7": values.smeared(7),
        "median 3": values.filtered(ImageFilter.MedianFilter(3)),
        "median 5": values.filtered(ImageFilter.MedianFilter(5)),
        "wavelet denoising": values.denoised,
        "total-variation denoising": values.flattened,
    },
    "sharpen": {
        "sharpened": values.filtered(ImageFilter.SHARPEN()),
        "unsharp mask": values.filtered(ImageFilter.UnsharpMask(2, 150, 2)),
    },
    "tone": {
        **{f"brightness x {f:g}": values.enhanced(_Bright, f) for f in (0.6, 0.8, 1.2, 1.4)},
        **{f"contrast x {f:g}": values.enhanced(_Contrast, f) for f in (0.6, 0.8, 1.2, 1.5)},
        **{f"gamma {exponent:g}": values.gamma(exponent) for exponent in (0.7, 1.4)},
        "equalised": values.equalised,
        "auto levels": values.stretched_tone,
        "posterised to 16 levels": values.posterised(4),
    },
    "colour": {
        "grey": values.grey,
        "saturation x 0.4": values.enhanced(ImageEnhance.Color, 0.4),
        "saturation x 1.6": values.enhanced(ImageEnhance.Color, 1.6),
        "hue + 30°": values.hue(30),
        "warmer": values.balanced(1.12, 0.85),
        "sepia": values.sepia,
        "vignette": values.vignetted,
        "256 colours": codecs.palette(256),
        "64 colours": codecs.palette(64),
    },
    "overlay": {
        "caption over 12 %": overlays.captioned(0.12),
        "sticker over 20 %": overlays.stickered(0.2),
        "visible mark all over": overlays.lettered(0.5),
        "red pen": overlays.scribbled,
    },
    "three at once": {
        "crop to 75 %, x 0.6, JPEG 60": chain(geo.cropped(0.75), geo.resized(0.6), jpeg(60)),
        "turned 3° cut, x 0.8, JPEG 70": chain(geo.turned_inside(3), geo.resized(0.8), jpeg(70)),
        "mirrored, contrast x 1.3, WebP 60": chain(
            geo.mirrored, values.enhanced(_Contrast, 1.3), webp(60)
        ),
        "width x 0.9, noise 5, JPEG 70": chain(geo.stretched(0.9, 1), values.noise(5), jpeg(70)),
        "caption, 1080 px, JPEG 50": chain(overlays.captioned(0.12), geo.fitted(1080), jpeg(50)),
        "turned 90°, crop to 60 %, JPEG 75": chain(
            geo.transposed(_Transpose.ROTATE_90), geo.cropped(0.6), jpeg(75)
        ),
        "crop to 60 % and back, blur 1, AVIF 60": chain(
            geo.back(geo.cropped(0.6)), values.filtered(ImageFilter.GaussianBlur(1)), avif(60)
        ),
    },
}

ATTACKS = tuple(
    Attack(name, group, transform)
    for group, family in _FAMILIES.items()
    for name, transform in family.items()
)
GROUPS = tuple(_FAMILIES)
BY_NAME = {attack.name: attack for attack in (UNTOUCHED, *ATTACKS)}
