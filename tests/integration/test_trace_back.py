"""The main job: a stamped picture loses its metadata, is mistreated, and is traced back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from provenance.directory import Directory
from provenance.errors import InputError
from provenance.manifest import sdk
from provenance.stamp import StampedImage
from provenance.verify import State, Verifier
from tests import tiffs
from tests.integration.studio import (
    MODEL,
    VERSION,
    Pixels,
    Studio,
    codes,
    jpeg,
    plain_manifest,
    trust,
    with_manifest_of,
)

# --- traced back ----------------------------------------------------------------------------------


def test_the_signed_bytes_are_exact(
    verifier: Verifier, stamped: StampedImage, tmp_path: Path
) -> None:
    file = tmp_path / "out.jpg"
    stamped.save(file)
    verdict = verifier.verify(file)
    assert verdict.state is State.ATTRIBUTED
    origin, record = verdict.origin, stamped.record
    assert origin is not None
    assert (origin.match, origin.producer) == ("exact", "Producer A Ltd.")
    assert (origin.model, origin.model_version) == (MODEL, VERSION)
    assert (origin.created, origin.recorded) == (record.created, record.recorded)
    assert origin.stamp_id == record.stamp_id
    assert verdict.explain().startswith('This file is exactly what "Producer A Ltd." signed.')


def cropped(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((width // 12, height // 10, width - width // 12, height - height // 12))


def smaller(image: Image.Image) -> Image.Image:
    size = (image.width * 4 // 5, image.height * 4 // 5)
    return image.resize(size, Image.Resampling.LANCZOS)


def turned(image: Image.Image) -> Image.Image:
    return image.rotate(3, Image.Resampling.BICUBIC)


def on_its_side(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_90)


def mirrored(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


@pytest.mark.parametrize(
    "mistreatments",
    [
        [],
        [cropped],
        [smaller],
        [turned],
        [on_its_side],
        [mirrored],
        [cropped, smaller],
        [turned, cropped, smaller],
    ],
    ids=lambda steps: "+".join(["stripped", "jpeg", *(step.__name__ for step in steps)]),
)
def test_a_mistreated_copy_is_derived(
    mistreatments: list[Callable[[Image.Image], Image.Image]],
    verifier: Verifier,
    stamped: StampedImage,
    pixels: Pixels,
) -> None:
    image = Image.fromarray(pixels)
    for mistreat in mistreatments:
        image = mistreat(image)
    verdict = verifier.verify(jpeg(image))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.match, verdict.origin.producer) == ("derived", "Producer A Ltd.")
    assert verdict.origin.stamp_id == stamped.record.stamp_id
    assert verdict.origin.created == stamped.record.created
    assert "descends from a picture" in verdict.explain()


def test_a_part_of_a_picture_is_called_a_part(
    verifier: Verifier, pixels: Pixels, other: Pixels
) -> None:
    height, width = pixels.shape[:2]
    collage = Image.fromarray(other).resize((width * 8 // 5, height * 8 // 5))
    collage.paste(Image.fromarray(pixels), (width * 3 // 10, height * 3 // 10))
    verdict = verifier.verify(jpeg(collage))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.explain().startswith("A part of this picture, about ")


def test_changed_bytes_with_the_manifest_kept_need_no_registry(
    a: Studio, directory: Directory, stamped: StampedImage, pixels: Pixels
) -> None:
    offline = Verifier(trust=trust(a), directory=directory)
    verdict = offline.verify(with_manifest_of(stamped.data, jpeg(pixels)))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.match == "derived"
    assert "manifest.damaged" in codes(verdict)


# --- what is not proved is not attributed ---------------------------------------------------------


def test_without_a_registry_a_stripped_copy_is_claimed(
    a: Studio, directory: Directory, pixels: Pixels
) -> None:
    verdict = Verifier(trust=trust(a), directory=directory).verify(jpeg(pixels))
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None)
    # Its number was drawn, not assigned: anybody can list it, so it names nobody.
    assert "producer number 600000, with model number 1" in verdict.explain()
    assert "Producer A" not in verdict.explain()
    assert "An entry for it is in the directory that the program was given." in verdict.explain()


def test_without_a_directory_a_mark_is_claimed(a: Studio, pixels: Pixels) -> None:
    verdict = Verifier(registry=a.registry, trust=trust(a)).verify(jpeg(pixels))
    assert verdict.state is State.CLAIMED
    assert "stamp.number_unknown" in codes(verdict)


def test_without_trust_everything_is_claimed(a: Studio, stamped: StampedImage) -> None:
    verdict = Verifier(registry=a.registry).verify(stamped.data)
    assert verdict.state is State.CLAIMED
    assert verdict.explain().startswith("Nobody has proved where this comes from; the file says ")


def test_the_original_is_at_most_similar_and_names_nobody(
    verifier: Verifier, stamped: StampedImage, original: Pixels
) -> None:
    verdict = verifier.verify(jpeg(original))
    assert verdict.state is State.SIMILAR
    assert [similar.stamp_id for similar in verdict.evidence.similar] == [stamped.record.stamp_id]
    assert "Producer A" not in verdict.explain()


def test_an_unrelated_picture_is_none(verifier: Verifier, other: Pixels) -> None:
    verdict = verifier.verify(jpeg(other))
    assert verdict.state is State.NONE
    assert "whether the picture is real" in verdict.explain()


# --- manifests without examinable pixels, and pointers --------------------------------------------


def test_where_pixels_cannot_be_decoded_the_manifest_decides(a: Studio, verifier: Verifier) -> None:
    samples = np.arange(64 * 64 * 3).reshape(64, 64, 3) % 251
    layout = tiffs.write(samples, tiffs.Form(photometric=32844))  # a layout that is not read
    urn = "urn:c2pa:11111111-2222-4333-8444-777777777777"
    signed, _ = sdk.sign(plain_manifest(urn), layout, "image/tiff", a.signer)
    verdict = verifier.verify(signed)
    assert (verdict.state, verdict.origin and verdict.origin.match) == ("attributed", "bound")
    assert "pixels.not_examined" in codes(verdict)
    with pytest.raises(InputError):
        verifier.verify(layout)


def test_a_stamped_file_cut_short_has_a_damaged_manifest(
    verifier: Verifier, stamped: StampedImage
) -> None:
    verdict = verifier.verify(stamped.data[:600])
    assert verdict.state is State.TAMPERED
    assert {"manifest.damaged", "pixels.not_examined"} <= codes(verdict)


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https://example.com/manifest.c2pa"/>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_a_pointer_to_a_manifest_is_no_evidence(verifier: Verifier, other: Pixels) -> None:
    file = io.BytesIO()
    Image.fromarray(other).save(file, "JPEG", xmp=XMP)
    verdict = verifier.verify(file.getvalue())
    assert verdict.state is State.NONE
    assert codes(verdict) == {"manifest.remote"}
