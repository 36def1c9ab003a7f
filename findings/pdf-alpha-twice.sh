#!/usr/bin/env bash
# Pillow 13.0.0 writes a see-through picture into a PDF, and PDFium (pypdfium2 5.15.2) shows it too pale, or solid.
#
# Pillow puts such a picture into the PDF as a JPEG 2000 with its alpha in a channel of it (/SMaskInData 1). PDFium mixes
# the colours with white by that alpha, and then draws the mixture onto the page with the same alpha, so half of a colour
# becomes a quarter. In a grey picture it overlooks the alpha: what is invisible is drawn as solid. With the alpha in a
# picture of its own (/SMask) PDFium shows the same picture right, and MuPDF (PyMuPDF 2.0) shows right what Pillow writes.
#
# Seen (red 200, 40, 40 and grey 40 on a white page):
#     RGBA, alpha 128: as Pillow writes it (240, 200, 200), in a /SMask (227, 147, 147), right is (227, 147, 147)
#     LA, alpha 128: as Pillow writes it (40, 40, 40), in a /SMask (147, 147, 147), right is (147, 147, 147)
#     LA, alpha 0: as Pillow writes it (40, 40, 40), in a /SMask (255, 255, 255), right is (255, 255, 255)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'Pillow==13.0.0' 'pypdfium2==5.15.2' 'pikepdf==10.18.0' 'numpy==2.4.6'
venv/bin/python -I - <<'PROGRAM'
import io

import pikepdf
import pypdfium2
from PIL import Image
from pikepdf import Name

SIZE = 64, 48
SAME = {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 64, "/Height": 48, "/BitsPerComponent": 8}


def write(picture):
    file = io.BytesIO()
    picture.save(file, "PDF")
    return file.getvalue()


def separate(data, picture):
    """Replace the picture of a PDF by its samples, with the alpha in a picture of its own."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pictures = pdf.pages[0].resources.XObject
        (name,) = pictures.keys()
        assert (pictures[name].Filter, pictures[name].SMaskInData) == (Name.JPXDecode, 1)
        alpha, colours = picture.getchannel("A"), picture.convert("RGB")
        mask = pdf.make_stream(alpha.tobytes(), SAME | {"/ColorSpace": Name.DeviceGray})
        own = {"/ColorSpace": Name.DeviceRGB, "/SMask": mask}
        pictures[name] = pdf.make_stream(colours.tobytes(), SAME | own)
        file = io.BytesIO()
        pdf.save(file)
    return file.getvalue()


def show(data):
    page = pypdfium2.PdfDocument(data)[0]
    return page.render(scale=1).to_pil().convert("RGB").getpixel((SIZE[0] // 2, SIZE[1] // 2))


def near(one, other):
    return max(abs(a - b) for a, b in zip(one, other)) < 3


print("PDFium", pypdfium2.PDFIUM_INFO)
for mode, colour, alpha in (("RGBA", (200, 40, 40), 128), ("LA", (40,), 128), ("LA", (40,), 0)):
    picture = Image.new(mode, SIZE, (*colour, alpha))
    white = Image.new("RGBA", SIZE, "white")
    right = Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB").getpixel((0, 0))
    written = write(picture)
    found, apart = show(written), show(separate(written, picture))
    print(f"{mode}, alpha {alpha}: as Pillow writes it {found}, in a /SMask {apart}, right is {right}")
    twice = tuple(value * alpha // 255 + 255 - alpha for value in right)
    assert near(found, twice if mode == "RGBA" else colour * 3) and near(apart, right) and not near(found, right)
PROGRAM
