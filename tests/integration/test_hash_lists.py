"""Hash lists by stamp: a mark leads to a list, and nobody can poison what that means.

A producer, a helpline, a platform and whoever wants to harm them each have a folder of their own.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from provenance import hashlists, imaging, watermark
from provenance.directory import Directory
from provenance.errors import VerificationError
from provenance.hashlists import ListUse
from provenance.response import read_response
from provenance.stamp import StampedImage
from provenance.verify import Basis, Listed, RequireUnlisted, Verdict, Verifier, make_records
from tests.integration.organisations import Provider
from tests.integration.studio import Pixels, codes, jpeg

CASE = "H-7"


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("a"), "Ada Images")


@pytest.fixture(scope="module")
def stamped(a: Provider, photographs: Mapping[str, Pixels]) -> StampedImage:
    return a.stamp(photographs["coffee"])


@pytest.fixture(scope="module")
def pixels(stamped: StampedImage) -> Pixels:
    return imaging.decode(stamped.data).rgb


@pytest.fixture(scope="module")
def crop(pixels: Pixels) -> bytes:
    """A copy that no whole-picture hash recognises."""
    height, width, _ = pixels.shape
    return jpeg(pixels[height // 5 :, : 4 * width // 5])


@pytest.fixture(scope="module")
def forged(stamped: StampedImage, photographs: Mapping[str, Pixels]) -> bytes:
    """Another picture, with the mark copied onto it by somebody who holds the stamped one."""
    found = watermark.detect(imaging.decode(stamped.data).rgb)
    assert found is not None
    other = photographs["motorcycle_left"]
    return jpeg(watermark.embed(other, found.payload, lock=found.lock), 90)


@pytest.fixture(scope="module")
def answer(a: Provider, stamped: StampedImage) -> bytes:
    return a.respond(stamped.record.stamp_id)


def open_verifier(
    a: Provider, responses: Sequence[bytes] = (), lists: Sequence[Path] = ()
) -> Verifier:
    """Open what a helpline or a platform verifies with: A's directory, and files from others."""
    return Verifier(
        directory=Directory.load([a.directory]),
        responses=map(read_response, responses),
        lists=map(hashlists.load, lists),
    )


def put(verifier: Verifier, file: Path, data: bytes, *, parts: bool = False) -> str | None:
    """Put a reported picture on a list, as ``hashlist add`` does; say why without a stamp."""
    examination = verifier.examine(data)
    made = make_records(examination, verifier.judge(examination), cases=(CASE,), parts=parts)
    hashlists.add(file, made.records)
    return made.unlisted.name if made.unlisted else None


def hits(verdict: Verdict) -> list[tuple[Basis, tuple[str, ...]]]:
    assert verdict.listed is not None
    return [(each.basis, each.match.cases) for each in verdict.listed]


@pytest.fixture(scope="module")
def known(
    a: Provider, crop: bytes, answer: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The helpline's list: somebody reported a copy, and A answered about its stamp."""
    file = tmp_path_factory.mktemp("helpline") / "known.json"
    assert put(open_verifier(a, [answer]), file, crop) is None
    return file


def flipped(data: bytes) -> bytes:
    """Another copy: mirrored, smaller, compressed once more."""
    with Image.open(io.BytesIO(data)) as image:
        small = image.resize((image.width * 3 // 4, image.height * 3 // 4))
        return jpeg(small.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 75)


def test_another_crop_is_the_same_content_where_the_producer_proves_it(
    a: Provider, pixels: Pixels, known: Path, answer: bytes
) -> None:
    height, width, _ = pixels.shape
    other = flipped(jpeg(pixels[: 4 * height // 5, width // 4 :]))
    verdict = open_verifier(a, [answer], [known]).verify(other)
    assert set(hits(verdict)) == {(Basis.SAME_CONTENT, (CASE,))}
    assert "list.same_content" in codes(verdict)
    first = verdict.to_json_dict()["lists"][0]
    assert (first["basis"], first["distance"], first["use"]) == ("same_content", None, "known")
    with pytest.raises(VerificationError, match="same content"):
        verdict.require(RequireUnlisted())


def test_without_a_proof_it_is_a_lead_and_says_so(a: Provider, pixels: Pixels, known: Path) -> None:
    height, width, _ = pixels.shape
    verdict = open_verifier(a, lists=[known]).verify(jpeg(pixels[: 2 * height // 3, width // 4 :]))
    assert hits(verdict) == [(Basis.MARK, (CASE,))]
    assert "This is a lead, and not the same content." in verdict.explain()
    assert "list.same_content" not in codes(verdict)


def test_a_listed_mark_on_another_picture_is_not_the_content(
    a: Provider, forged: bytes, known: Path, answer: bytes
) -> None:
    """Whoever copies a listed mark onto an innocent picture gets it told apart."""
    proved = open_verifier(a, [answer], [known]).verify(forged)
    assert hits(proved) == [(Basis.OTHER_CONTENT, (CASE,))]
    assert "So this is not a hit." in proved.explain()
    proved.require(RequireUnlisted())
    assert hits(open_verifier(a, lists=[known]).verify(forged)) == [(Basis.MARK, (CASE,))]


def test_a_made_up_mark_puts_no_innocent_picture_on_a_list(
    a: Provider, stamped: StampedImage, forged: bytes, answer: bytes, tmp_path: Path
) -> None:
    """Whoever reports a picture onto which an innocent one's mark was copied fails."""
    file = tmp_path / "poisoned.json"
    assert put(open_verifier(a, [answer]), file, forged) == "MOVED"
    assert put(open_verifier(a), file, forged) == "UNPROVED"
    assert stamped.record.stamp_id not in file.read_text()
    assert hits(open_verifier(a, [answer], [file]).verify(stamped.data)) == []


def test_a_stamp_that_is_proved_for_a_part_is_listed_only_on_request(
    a: Provider,
    stamped: StampedImage,
    pixels: Pixels,
    photographs: Mapping[str, Pixels],
    answer: bytes,
    tmp_path: Path,
) -> None:
    """A reported collage with an innocent stamped picture in it does not list that picture."""
    other = photographs["motorcycle_left"][: pixels.shape[0]]
    side = np.asarray(Image.fromarray(other).resize((2 * pixels.shape[1], pixels.shape[0])))
    collage = jpeg(np.concatenate((pixels, side), axis=1), 90)
    verifier, file = open_verifier(a, [answer]), tmp_path / "list.json"
    assert put(verifier, file, collage) == "PART"
    assert stamped.record.stamp_id not in file.read_text()
    assert put(verifier, file, collage, parts=True) is None
    assert stamped.record.stamp_id in file.read_text()


def test_the_hash_of_the_stamped_picture_is_listed_too(
    a: Provider, stamped: StampedImage, known: Path
) -> None:
    """Readers who know only PDQ recognise the whole picture, though a crop was reported."""
    assert stamped.record.pdq in known.read_text()
    with Image.open(io.BytesIO(stamped.data)) as image:
        bare = io.BytesIO()
        image.convert("L").resize((200, 130)).save(bare, "PNG")
    verdict = open_verifier(a, lists=[known]).verify(bare.getvalue())
    assert (Basis.ALIKE, (CASE,)) in hits(verdict)


def test_a_public_list_finds_the_same_and_tells_nothing(
    a: Provider, stamped: StampedImage, crop: bytes, known: Path, answer: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "public.json"
    hashlists.convert(hashlists.make_public(hashlists.load(known)), file)
    assert stamped.record.stamp_id not in file.read_text()
    assert CASE not in file.read_text()
    found = open_verifier(a, [answer], [file]).verify(flipped(crop)).listed or ()
    assert any(each.basis is Basis.SAME_CONTENT for each in found)
    assert {each.match.cases for each in found} == {()}


def test_what_is_withdrawn_is_purged_with_its_stamp(
    a: Provider, stamped: StampedImage, crop: bytes, known: Path, tmp_path: Path
) -> None:
    file = tmp_path / "known.json"
    file.write_bytes(known.read_bytes())
    done = hashlists.withdraw(file, CASE)
    assert (done.purged, done.live) == (2, 0)
    assert stamped.record.stamp_id not in file.read_text()
    assert hits(open_verifier(a, lists=[file]).verify(crop)) == []


def test_no_train(a: Provider, stamped: StampedImage, crop: bytes, tmp_path: Path) -> None:
    file, verifier = tmp_path / "no-train.json", open_verifier(a)
    examination = verifier.examine(stamped.data)
    made = make_records(examination, verifier.judge(examination), use=ListUse.NO_TRAIN)
    hashlists.add(file, made.records)
    verdict = open_verifier(a, lists=[file]).verify(crop)
    assert "list.no_train" in codes(verdict)
    with pytest.raises(VerificationError):
        verdict.require(RequireUnlisted(ListUse.NO_TRAIN))
    verdict.require(RequireUnlisted(ListUse.KNOWN))


def test_a_manifest_alone_answers_without_a_look_at_the_pixels(
    a: Provider, stamped: StampedImage, known: Path
) -> None:
    verifier = Verifier(
        directory=Directory.load([a.directory]), lists=[hashlists.load(known)], depth="manifest"
    )
    verdict = verifier.verify(stamped.data)
    assert verdict.evidence.depth == "manifest"
    assert set(hits(verdict)) == {(Basis.SAME_CONTENT, (CASE,))}


def test_a_screenshot_is_recognised_by_a_list_of_hashes_alone(
    a: Provider, stamped: StampedImage, pixels: Pixels, tmp_path: Path
) -> None:
    """The mark says where the picture lies in it; then its hash is that of the whole picture."""
    file = tmp_path / "known.txt"
    file.write_text(f"pdq {stamped.record.pdq}\n")
    height, width, _ = pixels.shape
    screen = np.full((2 * height, width + 80, 3), 245, np.uint8)
    screen[40:120:7, 60 : width // 2] = 30  # something like lines of text
    screen[height // 2 : height // 2 + height, 50 : 50 + width] = pixels
    screen[-120:-40:9, 80:-200] = 60
    found: Sequence[Listed] = open_verifier(a, lists=[file]).verify(jpeg(screen, 85)).listed or ()
    assert [each.basis for each in found] == [Basis.ALIKE]
