#!/usr/bin/env bash
# pillow-jxl-plugin 1.3.8: what is drawn into an opened JPEG is not in the JPEG XL that Pillow 13.0.0 saves of it.
#
# For an image that came from a JPEG the plugin packs the JPEG without loss. It takes it from the disk, by the name that
# the image was opened with, and not from memory. Whatever works in place keeps that name: ImageDraw, paste, putpixel,
# thumbnail. So a mark, a label or a frame is gone, the size is the old one, and if the file has been overwritten
# meanwhile, another picture is saved. A warning speaks of JPEG reconstruction, not of edits. quality is ignored down to
# 19; below that libjxl states half the resolution and halves nothing, so that the top left quarter fills the picture.
# lossless_jpeg=False saves the pixels, and so do a copy, a crop and whatever else returns a new image.
#
# Seen (a white JPEG with a black square drawn into it; decoded by imagecodecs 2026.3.6):
#     in memory                    pixel 0, size (96, 64)
#     saved as PNG                 pixel 0, size (96, 64)
#     saved as JXL                 pixel 255, size (96, 64)
#     and lossless_jpeg=False      pixel 0, size (96, 64)
#     thumbnail of 48 saved as JXL pixel 255, size (96, 64)
#     the file overwritten in grey pixel 128, size (96, 64)
#     quarters of grey 0, 80, 160, 240 with quality=20: [0, 80, 160, 240]
#     quarters of grey 0, 80, 160, 240 with quality=15: [0, 0, 0, 0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'pillow-jxl-plugin==1.3.8' 'Pillow==13.0.0' 'imagecodecs==2026.3.6' 'numpy==2.4.6'
venv/bin/python -I -W ignore - <<'PROGRAM'
import imagecodecs
import pillow_jxl  # noqa: F401, registers the format
from PIL import Image, ImageDraw

SIZE, MIDDLE, GREYS = (96, 64), (48, 32), (0, 80, 160, 240)


def opened():
    """Return a white JPEG, opened, with a black square drawn into it."""
    Image.new("L", SIZE, 255).convert("RGB").save("picture.jpg", quality=95)
    image = Image.open("picture.jpg")
    ImageDraw.Draw(image).rectangle((24, 16, 72, 48), fill="black")
    return image


def saved(image, **options):
    image.save("saved.jxl", **options)
    with open("saved.jxl", "rb") as file:
        return Image.fromarray(imagecodecs.jpegxl_decode(file.read())).convert("L")


def middle(image):
    return image.getpixel((image.width // 2, image.height // 2)), image.size


seen = {"in memory": middle(opened().convert("L"))}
opened().save("saved.png")
seen["saved as PNG"] = middle(Image.open("saved.png").convert("L"))
seen["saved as JXL"] = middle(saved(opened()))
seen["and lossless_jpeg=False"] = middle(saved(opened(), lossless_jpeg=False))
small = opened()
small.thumbnail((48, 48))
seen["thumbnail of 48 saved as JXL"] = middle(saved(small))
before = opened()
Image.new("RGB", SIZE, (128, 128, 128)).save("picture.jpg")
seen["the file overwritten in grey"] = middle(saved(before))
for name, (pixel, size) in seen.items():
    print(f"{name:28} pixel {pixel}, size {size}")
assert small.size == (48, 32)
assert seen["in memory"] == seen["saved as PNG"] == (0, SIZE)
assert seen["saved as JXL"] == seen["thumbnail of 48 saved as JXL"] == (255, SIZE)
assert seen["and lossless_jpeg=False"][0] < 8 and seen["the file overwritten in grey"][0] == 128

quarters = Image.new("L", SIZE)
for number, grey in enumerate(GREYS):
    quarters.paste(grey, (number % 2 * 48, number // 2 * 32, number % 2 * 48 + 48, number // 2 * 32 + 32))
quarters.convert("RGB").save("quarters.jpg", quality=95)
for quality in (20, 15):
    found = saved(Image.open("quarters.jpg"), quality=quality)
    greys = [found.getpixel((24 + 48 * across, 16 + 32 * down)) for down in (0, 1) for across in (0, 1)]
    print(f"quarters of grey 0, 80, 160, 240 with quality={quality}: {greys}")
    wanted = GREYS if quality == 20 else (0, 0, 0, 0)
    assert max(abs(one - other) for one, other in zip(greys, wanted)) < 3
PROGRAM
