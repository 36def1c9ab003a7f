"""The main job: a stamped picture loses its metadata, is mistreated, and is traced back.

And the other way round: whoever tries to be traced back to somebody else is not.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging, manifest, watermark
from provenance.directory import CertificateBinding, Directory, DirectoryProducer
from provenance.errors import InputError
from provenance.manifest import Trust, TrustList, sdk
from provenance.registry import Registry, open_registry
from provenance.signing import Signer, development, open_signer
from provenance.signing.certificates import load_pem_chain, sha256
from provenance.stamp import Producer, StampedImage, Stamper
from provenance.verify import State, Verdict, Verifier

Pixels = NDArray[np.uint8]

A, B, OUTSIDER = Producer("Producer A", 600_000), Producer("Producer B", 7), "Outsider"
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
MODEL, VERSION = "example-diffusion", "3"


@dataclass(frozen=True)
class Studio:
    """A producer with all that it works with."""

    producer: Producer
    signer: Signer
    authority: bytes
    registry: Registry
    registry_file: Path
    stamper: Stamper

    @property
    def entry(self) -> DirectoryProducer:
        certificate = load_pem_chain(self.signer.certificate_chain)[0]
        return DirectoryProducer(
            number=self.producer.number,
            name=f"{self.producer.name} Ltd.",
            contact="abuse@example.com",
            binding=CertificateBinding(sha256(certificate)),
            valid_from=LONG_AGO,
        )


def open_studio(folder: Path, producer: Producer, organisation: str | None = None) -> Studio:
    keys = development.create(organisation or producer.name)
    (folder / "signer.pem").write_bytes(keys.signer)
    signer = open_signer("file:signer.pem", folder=folder)
    registry = open_registry("sqlite:///stamps.db", base=folder)
    stamper = Stamper(producer=producer, signer=signer, registry=registry)
    return Studio(producer, signer, keys.authority, registry, folder / "stamps.db", stamper)


def trust(*studios: Studio) -> Trust:
    return Trust(tuple(TrustList(s.producer.name, s.authority.decode()) for s in studios))


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return open_studio(tmp_path_factory.mktemp("a"), A)


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return open_studio(tmp_path_factory.mktemp("b"), B)


@pytest.fixture(scope="module")
def directory(a: Studio, b: Studio) -> Directory:
    return Directory([a.entry, b.entry])


@pytest.fixture(scope="module")
def verifier(a: Studio, b: Studio, directory: Directory) -> Verifier:
    return Verifier(registry=a.registry, trust=trust(a, b), directory=directory)


@pytest.fixture(scope="module")
def original(photographs: Mapping[str, Pixels]) -> Pixels:
    return photographs["hubble_deep_field"]


@pytest.fixture(scope="module")
def other(photographs: Mapping[str, Pixels]) -> Pixels:
    return photographs["motorcycle_left"]


@pytest.fixture(scope="module")
def stamped(a: Studio, original: Pixels) -> StampedImage:
    return a.stamper.stamp(original, model=MODEL, model_version=VERSION, format="JPEG")


@pytest.fixture(scope="module")
def pixels(stamped: StampedImage) -> Pixels:
    return imaging.decode(stamped.data).rgb


def jpeg(picture: Pixels | Image.Image, quality: int = 80) -> bytes:
    """Encode afresh, so that nothing but pixels is left."""
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def codes(verdict: Verdict) -> set[str]:
    return {code for finding in verdict.evidence for code in finding.codes}


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


def with_manifest_of(signed: bytes, bare: bytes) -> bytes:
    """Move the APP11 segments, which hold the manifest, from one JPEG to another."""
    segments, at = b"", 2
    while signed[at + 1] != 0xDA:
        length = 2 + int.from_bytes(signed[at + 2 : at + 4], "big")
        if signed[at + 1] == 0xEB:
            segments += signed[at : at + length]
        at += length
    return bare[:2] + segments + bare[2:]


# --- what is not proved is not attributed ---------------------------------------------------------


def test_without_a_registry_a_stripped_copy_is_claimed(
    a: Studio, directory: Directory, pixels: Pixels
) -> None:
    verdict = Verifier(trust=trust(a), directory=directory).verify(jpeg(pixels))
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None)
    # Its number was drawn, not assigned, so that the number alone names nobody.
    assert "producer number 600000, with model" in verdict.explain()
    assert "Producer A" not in verdict.explain()


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
    assert [similar.stamp_id for similar in verdict.facts.similar] == [stamped.record.stamp_id]
    assert "Producer A" not in verdict.explain()


def test_an_unrelated_picture_is_none(verifier: Verifier, other: Pixels) -> None:
    verdict = verifier.verify(jpeg(other))
    assert verdict.state is State.NONE
    assert "whether the picture is real" in verdict.explain()


# --- attacks on attribution -----------------------------------------------------------------------


def test_a_mark_moved_to_another_picture_is_a_conflict(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    forged = watermark.embed(other, bytes.fromhex(stamped.record.stamp_id))
    verdict = verifier.verify(jpeg(forged, 95))
    assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()
    assert "fingerprint.far" in codes(verdict)


def test_a_manifest_moved_to_another_picture_is_tampered(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    verdict = verifier.verify(with_manifest_of(stamped.data, jpeg(other)))
    assert (verdict.state, verdict.origin) == (State.TAMPERED, None)


def test_a_manifest_and_its_mark_moved_together_are_a_conflict(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    forged = jpeg(watermark.embed(other, bytes.fromhex(stamped.record.stamp_id)), 95)
    verdict = verifier.verify(with_manifest_of(stamped.data, forged))
    assert verdict.state is State.CONFLICT


def test_an_outsider_names_a_producer_in_vain(
    a: Studio, directory: Directory, other: Pixels, tmp_path: Path
) -> None:
    outsider = open_studio(tmp_path, A, organisation="Producer A Ltd.")
    forged = outsider.stamper.stamp(other, model=MODEL)
    verifier = Verifier(registry=outsider.registry, trust=trust(a), directory=directory)
    for data in (forged.data, jpeg(imaging.decode(forged.data).rgb, 95)):
        verdict = verifier.verify(data)
        assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()


def test_a_trusted_producer_under_anothers_number_is_a_conflict(
    a: Studio, directory: Directory, other: Pixels, tmp_path: Path
) -> None:
    thief = open_studio(tmp_path, A, organisation="Producer C")
    forged = thief.stamper.stamp(other, model=MODEL)
    verifier = Verifier(registry=thief.registry, trust=trust(a, thief), directory=directory)
    for data in (forged.data, jpeg(imaging.decode(forged.data).rgb, 95)):
        verdict = verifier.verify(data)
        assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()


def test_junk_does_not_erase_a_proof(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels, tmp_path: Path
) -> None:
    """Somebody signs a copy with a certificate of his own, claiming to have made it."""
    outsider = open_studio(tmp_path, Producer(OUTSIDER, 900_000))
    urn = "urn:c2pa:11111111-2222-4333-8444-555555555555"
    mine, _ = sdk.sign(plain_manifest(urn), jpeg(pixels, 90), "image/jpeg", outsider.signer)
    verdict = verifier.verify(mine)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.stamp_id == stamped.record.stamp_id
    assert "manifest.untrusted" in codes(verdict)
    broken = bytearray(mine)
    broken[mine.index(b"c2pa.actions") + 400] ^= 1
    assert verifier.verify(bytes(broken)).origin == verdict.origin


def plain_manifest(urn: str) -> dict[str, object]:
    """Write what a generator without marks would state."""
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    action = {"action": "c2pa.created", "digitalSourceType": source}
    actions = {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [action]}}
    return {
        "label": urn,
        "claim_generator_info": [{"name": "somebody's tool", "version": "1"}],
        "assertions": [actions],
    }


@pytest.mark.parametrize("urn", ["another", "the same"])
def test_two_producers_who_do_not_mention_each_other_are_a_conflict(
    urn: str, verifier: Verifier, b: Studio, stamped: StampedImage, pixels: Pixels
) -> None:
    own = "urn:c2pa:11111111-2222-4333-8444-666666666666"
    urn = own if urn == "another" else stamped.record.manifest_urn
    mine, _ = sdk.sign(plain_manifest(urn), jpeg(pixels, 90), "image/jpeg", b.signer)
    verdict = verifier.verify(mine)
    assert verdict.state is State.CONFLICT
    assert '"Producer A Ltd."' in verdict.explain().splitlines()[0]
    assert '"Producer B"' in verdict.explain().splitlines()[0]


def test_a_second_stamp_names_the_first_as_its_parent(
    verifier: Verifier, b: Studio, stamped: StampedImage
) -> None:
    again = b.stamper.stamp(stamped.data, model="editor", force=True)
    verdict = verifier.verify(again.data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.match) == ("Producer B Ltd.", "exact")
    assert stamped.record.manifest_urn in verdict.proofs[0].manifest.ancestors


# --- revocation, and the registry's honesty -------------------------------------------------------


@pytest.fixture
def revoked(a: Studio, b: Studio, stamped: StampedImage) -> Directory:
    revoked_at = stamped.record.recorded + timedelta(hours=1)
    return Directory([replace(a.entry, revoked_at=revoked_at, reason="key stolen"), b.entry])


@pytest.fixture
def verifier_at(a: Studio, revoked: Directory, tmp_path: Path) -> Callable[[datetime], Verifier]:
    """Make verifiers of a given time that keep the same checkpoint."""
    return lambda now: Verifier(
        registry=a.registry,
        trust=trust(a),
        directory=revoked,
        checkpoint_file=tmp_path / "checkpoint.json",
        clock=lambda: now,
    )


def test_a_revoked_producers_stamps_are_claimed(
    a: Studio, revoked: Directory, stamped: StampedImage, pixels: Pixels
) -> None:
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=revoked)
    for data in (stamped.data, jpeg(pixels)):
        assert verifier.verify(data).state is State.CLAIMED


def test_unless_an_earlier_checkpoint_proves_that_they_are_older(
    verifier_at: Callable[[datetime], Verifier], stamped: StampedImage, pixels: Pixels
) -> None:
    seen = stamped.record.recorded + timedelta(minutes=5)
    verifier_at(seen).verify(jpeg(pixels))
    for data, match in ((jpeg(pixels), "derived"), (stamped.data, "exact")):
        verdict = verifier_at(seen + timedelta(days=30)).verify(data)
        assert verdict.state is State.ATTRIBUTED, verdict.explain()
        assert verdict.origin is not None
        assert (verdict.origin.match, verdict.origin.time_basis) == (match, "log")
        assert "the registry's log proves that this was signed before" in verdict.explain()


def test_a_stolen_key_can_not_borrow_the_age_of_an_older_stamp(
    a: Studio,
    verifier_at: Callable[[datetime], Verifier],
    stamped: StampedImage,
    other: Pixels,
) -> None:
    """The thief signs another picture with URN, statement and mark of a recorded one."""
    seen = stamped.record.recorded + timedelta(minutes=5)
    verifier_at(seen).verify(stamped.data)
    statement = manifest.read(stamped.data, "image/jpeg", Trust.none()).statement
    assert statement is not None
    marked = jpeg(watermark.embed(other, statement.payload), 95)
    urn = stamped.record.manifest_urn
    forged = manifest.sign(marked, "image/jpeg", statement, a.signer, urn)
    verdict = verifier_at(seen + timedelta(days=30)).verify(forged.data)
    assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()
    assert "manifest.revoked" in codes(verdict)


@pytest.fixture
def copied(a: Studio, stamped: StampedImage, tmp_path: Path) -> Path:
    """A copy of A's registry for somebody to tamper with."""
    file = tmp_path / "copy.db"
    with sqlite3.connect(a.registry_file) as source, sqlite3.connect(file) as target:
        source.backup(target)
        for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            target.execute(f"DROP TRIGGER {name}")
        target.commit()
    source.close()
    target.close()
    return file


def alter(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as db:
        db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    "change",
    [
        "producer_name = 'Somebody Else'",
        "created = '2020-01-01T00:00:00.000000Z'",
        "manifest_urn = 'urn:c2pa:another'",
    ],
)
def test_an_altered_record_does_not_change_what_was_signed(
    change: str, a: Studio, directory: Directory, pixels: Pixels, copied: Path
) -> None:
    alter(copied, f"UPDATE records SET {change}")
    with open_registry(f"sqlite:///{copied}", create=False) as registry:
        verifier = Verifier(registry=registry, trust=trust(a), directory=directory)
        verdict = verifier.verify(jpeg(pixels))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.recorded) == ("Producer A Ltd.", None)
    assert "record.refused" in codes(verdict)


def test_a_registry_that_is_gone_is_a_finding_and_no_error(
    a: Studio, directory: Directory, stamped: StampedImage, pixels: Pixels, copied: Path
) -> None:
    registry = open_registry(f"sqlite:///{copied}", create=False)
    registry.close()
    copied.unlink()
    verifier = Verifier(registry=registry, trust=trust(a), directory=directory)
    assert verifier.verify(stamped.data).state is State.ATTRIBUTED
    verdict = verifier.verify(jpeg(pixels))
    assert verdict.state is State.CLAIMED
    assert "registry.unavailable" in codes(verdict)


# --- manifests without examinable pixels, and pointers --------------------------------------------


def test_where_pixels_cannot_be_decoded_the_manifest_decides(a: Studio, verifier: Verifier) -> None:
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(file, "GIF")
    urn = "urn:c2pa:11111111-2222-4333-8444-777777777777"
    signed, _ = sdk.sign(plain_manifest(urn), file.getvalue(), "image/gif", a.signer)
    verdict = verifier.verify(signed)
    assert (verdict.state, verdict.origin and verdict.origin.match) == ("attributed", "exact")
    assert "pixels.not_examined" in codes(verdict)
    with pytest.raises(InputError):
        verifier.verify(file.getvalue())


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
