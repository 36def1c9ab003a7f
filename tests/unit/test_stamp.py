"""The one write path: what comes out agrees with itself, and a failure leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from provenance import imaging, labels, manifest, watermark
from provenance.errors import (
    AlreadyStampedError,
    ConfigError,
    ImageTooSmallError,
    LabelError,
    LossError,
    OutputError,
    OutputExistsError,
    RegistryUnavailableError,
    SignerKeyError,
    SignerUnavailableError,
    StampError,
    UnknownModelError,
    UnreadableInputError,
    UnsupportedFormatError,
)
from provenance.losses import LossKind
from provenance.manifest import Trust, jumbf, sdk
from provenance.manifest.assertions import PARENT_ID
from provenance.registry import Registry, open_registry
from provenance.signers import Signer, development, open_signer, pem_file
from provenance.stamp import Producer, StampedImage, Stamper, StampOptions
from tests import manifests
from tests.authority import KEYS, Authority, key_pem

OURS = Producer("Example AI", 600_000)
THEIRS = Producer("Other AI", 700_000)
CREATED = datetime(2026, 11, 1, 12, 0, 42, tzinfo=UTC)

PATIENCE_S = 300  # only a process that hangs takes longer, on however busy a machine

Pixels = NDArray[np.uint8]
MakeStamper = Callable[..., Stamper]


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    file = tmp_path_factory.mktemp("keys") / "signer.pem"
    file.write_bytes(development.create(OURS.name).signer)
    return open_signer(f"file:{file}")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with open_registry("sqlite:///stamps.db", create=True, base=tmp_path) as registry:
        yield registry


@pytest.fixture
def stamper(signer: Signer, registry: Registry) -> Stamper:
    return Stamper(producer=OURS, signer=signer, registry=registry)


@pytest.fixture(scope="module")
def picture(photograph: Pixels) -> Pixels:
    return np.ascontiguousarray(photograph[:256, 100:356])


def png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    return file.getvalue()


def read(stamped: StampedImage) -> manifest.ManifestReading:
    return manifest.read(stamped.data, imaging.MIME[stamped.format], Trust.none())


def test_mark_manifest_and_record_agree(
    stamper: Stamper, registry: Registry, picture: Pixels
) -> None:
    before = datetime.now(UTC)
    stamped = stamper.stamp(picture, model="example-diffusion", model_version="3", created=CREATED)
    record = stamped.record
    decoded = imaging.decode(stamped.data)
    mark = watermark.detect(decoded.rgb)
    assert mark is not None
    payload = watermark.Payload.unpack(mark.payload)
    assert payload.stamp_id == record.stamp_id
    assert (payload.producer, payload.model) == (OURS.number, record.model_number)
    assert payload.created == CREATED.replace(second=0)

    reading = read(stamped)
    assert reading.validated
    assert not reading.broken
    assert reading.hard_binding == "match"
    assert reading.statement is not None
    assert reading.statement.stamp_id == record.stamp_id
    assert reading.statement.producer == OURS.number
    assert reading.statement.created == record.created == CREATED
    assert (reading.statement.pdq, reading.statement.lattice) == (record.pdq, record.lattice)
    assert reading.urn == record.manifest_urn

    assert stamped.format == record.format == "PNG"
    assert record.sha256 == hashlib.sha256(stamped.data).hexdigest()
    assert before <= record.recorded <= datetime.now(UTC)
    assert record.parent is None
    assert registry.by_id(record.stamp_id) == record
    store = registry.manifest_store(record.stamp_id)
    assert store is not None
    inclusion = registry.inclusion(record.stamp_id)
    assert inclusion is not None
    inclusion.verify(record, store)


def test_the_change_is_invisible(stamper: Stamper, picture: Pixels) -> None:
    stamped = imaging.decode(stamper.stamp(picture, model="m").data)
    error = np.mean((stamped.rgb.astype(float) - picture) ** 2)
    assert 10 * np.log10(255**2 / error) > 36


def test_inputs_of_every_kind(stamper: Stamper, picture: Pixels, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(png(picture))
    for image in (file, str(file), png(picture), Image.fromarray(picture), picture):
        assert stamper.stamp(image, model="m").format == "PNG"


@pytest.mark.parametrize("name", ["JPEG", "jpg", ".jpg"])
def test_the_format_can_be_chosen(name: str, stamper: Stamper, picture: Pixels) -> None:
    stamped = stamper.stamp(picture, model="m", format=name)
    assert (stamped.format, stamped.suffix) == ("JPEG", ".jpg")
    assert imaging.decode(stamped.data).format == "JPEG"


def test_a_private_mark_lies_beside_the_public_one(
    signer: Signer, registry: Registry, picture: Pixels
) -> None:
    key = bytes(range(32))
    stamper = Stamper(producer=OURS, signer=signer, registry=registry, key=key)
    stamped = stamper.stamp(picture, model="m")
    another = bytes(range(1, 33))
    found = watermark.detect_each(imaging.decode(stamped.data).rgb, (None, key, another))
    ids = [mark and mark.payload.hex() for mark in found]
    assert ids == [stamped.record.stamp_id, stamped.record.stamp_id, None]


# --- models ---------------------------------------------------------------------------------------


def test_a_new_model_is_numbered_once_and_said(
    stamper: Stamper, picture: Pixels, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "provenance"):
        first = stamper.stamp(picture, model="example", model_version="1").record
        again = stamper.stamp(picture, model="example", model_version="1").record
        other = stamper.stamp(picture, model="example", model_version="2").record
    assert first.model_number == again.model_number != other.model_number
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.INFO] == [
        f"example 1 is a new model; it has number {first.model_number} from now on.",
        f"example 2 is a new model; it has number {other.model_number} from now on.",
    ]


def test_strict_models_refuses_a_new_one(
    signer: Signer, registry: Registry, picture: Pixels
) -> None:
    strict = Stamper(producer=OURS, signer=signer, registry=registry, strict_models=True)
    with pytest.raises(UnknownModelError):
        strict.stamp(picture, model="exmaple")
    assert registry.models(OURS.number) == []
    registry.model_number(OURS.number, "example", "", create=True)
    strict.stamp(picture, model="example")


def test_a_model_needs_a_name(stamper: Stamper, picture: Pixels) -> None:
    with pytest.raises(StampError, match="name is empty"):
        stamper.stamp(picture, model=" ")


# --- already stamped ------------------------------------------------------------------------------


@pytest.fixture
def stamped(stamper: Stamper, picture: Pixels) -> StampedImage:
    return stamper.stamp(picture, model="m", created=CREATED)


def test_the_stamped_file_is_refused(stamper: Stamper, stamped: StampedImage) -> None:
    with pytest.raises(AlreadyStampedError, match=r"your own stamp [0-9a-f]{24}"):
        stamper.stamp(stamped.data, model="m")


def test_force_does_not_stamp_the_same_pixels_twice(
    stamper: Stamper, registry: Registry, stamped: StampedImage
) -> None:
    stripped = png(imaging.decode(stamped.data).rgb)
    for same in (stamped.data, stripped, imaging.decode(stamped.data).rgb):
        with pytest.raises(AlreadyStampedError, match="has not changed since"):
            stamper.stamp(same, model="m", force=True)
    assert registry.size == 1


def test_changed_pixels_are_stamped_anew_under_force(
    stamper: Stamper, stamped: StampedImage
) -> None:
    pixels = imaging.decode(stamped.data).rgb.copy()
    pixels[40:90, 40:90] = 0
    changed = jpeg(pixels)
    with pytest.raises(AlreadyStampedError, match="already; stamp the original"):
        stamper.stamp(changed, model="m")
    again = stamper.stamp(changed, model="m", force=True)
    assert again.record.stamp_id != stamped.record.stamp_id
    assert again.record.parent == stamped.record.stamp_id
    # The manifest was gone from the file; the registry's copy of it is continued.
    assert stamped.record.manifest_urn in read(again).ancestors
    mark = watermark.detect(imaging.decode(again.data).rgb)
    assert mark is not None
    assert mark.payload.hex() == again.record.stamp_id


def test_another_producers_stamp_becomes_the_parent_under_force(
    stamped: StampedImage, signer: Signer, tmp_path: Path
) -> None:
    with open_registry("sqlite:///theirs.db", create=True, base=tmp_path) as registry:
        theirs = Stamper(producer=THEIRS, signer=signer, registry=registry)
        with pytest.raises(AlreadyStampedError, match=f"producer {OURS.number}'s stamp"):
            theirs.stamp(stamped.data, model="m")
        again = theirs.stamp(stamped.data, model="m", force=True)
    assert again.record.parent == stamped.record.stamp_id
    assert stamped.record.manifest_urn in read(again).ancestors


THEIR_URN = manifest.draw_urn()


def theirs(pixels: Pixels, signer: Signer) -> bytes:
    """A picture with somebody else's manifest."""
    created = {
        "action": "c2pa.created",
        "digitalSourceType": "http://c2pa.org/digitalsourcetype/empty",
    }
    definition = {
        "label": THEIR_URN,
        "claim_generator_info": [{"name": "somebody's editor", "version": "1"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [created]}}
        ],
    }
    return sdk.sign(definition, png(pixels), "image/png", signer)[0]


def test_a_third_partys_manifest_becomes_the_parent(
    stamper: Stamper, signer: Signer, picture: Pixels
) -> None:
    stamped = stamper.stamp(theirs(picture, signer), model="m")
    assert stamped.record.parent is None
    assert read(stamped).ancestors == {THEIR_URN}
    assert actions(stamped)[0] == "edited"


# --- what the model did ---------------------------------------------------------------------------


def actions(stamped: StampedImage) -> list[str]:
    found = read(stamped).statement
    assert found is not None
    return [found.action.value, found.training.value]


def test_what_a_model_edited_names_the_picture_before(
    stamper: Stamper, stamped: StampedImage, photograph: Pixels
) -> None:
    output = np.ascontiguousarray(photograph[100:484, 100:484])
    edited = stamper.editing(stamped.data).stamp(output, model="inpainter")
    assert actions(edited) == ["edited", "not-allowed"]
    assert read(edited).ancestors == {stamped.record.manifest_urn}
    assert edited.record.parent == stamped.record.stamp_id
    placed = stamper.editing(png(output), placed=True).stamp(output[::-1], model="painter")
    assert actions(placed) == ["placed", "not-allowed"]
    unknown = stamper.editing().stamp(output[:, ::-1], model="inpainter")
    assert actions(unknown) == ["edited", "not-allowed"]
    assert actions(stamper.stamp(output[::-1, ::-1], model="m"))[0] == "created"


def without_ancestor(pixels: Pixels, signer: Signer) -> bytes:
    """A picture with an edit's manifest, from whose store the manifest before was removed."""
    parent = manifests.sign_by_hand(signer, png(pixels), manifests.actions(manifests.CREATED))
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT_ID]}}
    definition = {
        "claim_generator_info": [{"name": "somebody's editor", "version": "1"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [opened]}}
        ],
        "ingredients": [{"label": PARENT_ID, "relationship": "parentOf"}],
    }
    before = (parent, "image/png", None)
    store = sdk.sign(definition, png(pixels), "image/png", signer, before)[1]
    described, _, active = (
        manifests.box(kind, content)
        for kind, content in jumbf.split_boxes(jumbf.find_box(store, b"jumb"))
    )
    return manifests.put(png(pixels), manifests.box(b"jumb", described + active))


def test_a_missing_ancestor_is_an_unknown_parent(
    stamper: Stamper, signer: Signer, picture: Pixels, caplog: pytest.LogCaptureFixture
) -> None:
    stamped = stamper.stamp(without_ancestor(picture, signer), model="m")
    assert actions(stamped)[0] == "edited"
    assert read(stamped).ancestors == frozenset()
    assert "is dropped" in caplog.text


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize("padding", [b"", manifests.box(b"free", bytes(40))])
def test_what_the_sdk_stumbles_over_is_carried_on(
    stamper: Stamper, signer: Signer, picture: Pixels, padding: bytes, bound: bool
) -> None:
    stated = manifests.actions(manifests.CREATED)
    made = manifests.write_manifest(signer, png(picture), stated, bound=bound, around=len(padding))
    store = manifests.insert_box(manifests.write_store(made), padding)
    stamped = stamper.stamp(manifests.put(png(picture), store), model="m")
    assert actions(stamped)[0] == "edited"
    assert read(stamped).ancestors == {manifests.urn(1)}


@pytest.mark.parametrize("form", ["attribute", "element"])
def test_a_pointer_to_an_older_manifest_is_dropped(
    stamper: Stamper, picture: Pixels, form: str
) -> None:
    value = "https://manifests.invalid/x"
    start = "<rdf:Description xmlns:dcterms='http://purl.org/dc/terms/'"
    described = {
        "attribute": f"{start} dcterms:provenance='{value}'/>",
        "element": f"{start}><dcterms:provenance>{value}</dcterms:provenance></rdf:Description>",
    }[form]
    packet = (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' dc:format='kept'/>"
        f"{described}</rdf:RDF></x:xmpmeta>"
    )
    image = io.BytesIO()
    Image.fromarray(picture).save(image, "JPEG", quality=85, xmp=packet.encode())
    xmp = imaging.decode(stamper.stamp(image.getvalue(), model="m").data).xmp
    assert xmp is not None
    assert b"manifests.invalid" not in xmp
    assert b"kept" in xmp


def test_a_certificate_without_organisation_is_refused_unless_asked_for(registry: Registry) -> None:
    authority, key = Authority(), KEYS["es256"]()
    person = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jane Doe")])
    leaf = authority.issue(key.public_key(), subject=person)
    signer = pem_file.load(key_pem(key), authority.chain(leaf))
    with pytest.raises(SignerKeyError, match="names no organisation"):
        Stamper(producer=OURS, signer=signer, registry=registry)
    asked = StampOptions(unnamed_signer=True)
    Stamper(producer=OURS, signer=signer, registry=registry, options=asked)


@pytest.mark.parametrize("why", ["damaged", "elsewhere"])
def test_a_manifest_that_can_not_be_had_was_there_all_the_same(
    stamper: Stamper, signer: Signer, picture: Pixels, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    file = jpeg(picture)
    if why == "damaged":
        file = theirs(picture, signer).replace(b"jumb\0\0", b"jumx\0\0")
    else:
        elsewhere = (
            b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
            b"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
            b"xmlns:dcterms='http://purl.org/dc/terms/' "
            b"dcterms:provenance='https://manifests.invalid/x'/></rdf:RDF></x:xmpmeta>"
        )
        image = io.BytesIO()
        Image.fromarray(picture).save(image, "JPEG", quality=85, xmp=elsewhere)
        file = image.getvalue()
    with pytest.raises(LossError, match="something was there before"):
        stamper.strict().stamp(file, model="m")
    stamped = stamper.stamp(file, model="m")
    assert actions(stamped)[0] == "edited"
    assert read(stamped).ancestors == frozenset()
    assert "something was there before" in caplog.text
    assert [loss.kind for loss in stamped.losses] == [LossKind.MANIFEST]


def test_a_parents_manifest_may_come_beside_it(
    stamper: Stamper, signer: Signer, picture: Pixels
) -> None:
    store = manifest.extract(theirs(picture, signer))
    for before in (png(picture), jpeg(picture)):  # the stripped file to the byte, and another
        edited = stamper.editing(before, parent_manifest=store).stamp(picture[::-1], model="m")
        assert read(edited).ancestors == {THEIR_URN}
        assert read(edited).ingredient_failures == ()
        picture = np.ascontiguousarray(picture[:, ::-1])


def test_two_histories_are_one_too_many(stamper: Stamper, signer: Signer, picture: Pixels) -> None:
    with pytest.raises(StampError, match="its history"):
        stamper.editing(png(picture)).stamp(theirs(picture, signer), model="m")


def test_a_producer_chooses_about_training(
    signer: Signer, registry: Registry, picture: Pixels
) -> None:
    open_handed = Producer(OURS.name, OURS.number, "allowed")
    stamper = Stamper(producer=open_handed, signer=signer, registry=registry)
    assert actions(stamper.stamp(picture, model="m")) == ["created", "allowed"]
    with pytest.raises(ConfigError, match="unstated"):
        Producer(OURS.name, OURS.number, "perhaps")


# --- failures leave nothing behind ----------------------------------------------------------------


class Unplugged:
    """A signer whose key is not there when it is needed."""

    def __init__(self, signer: Signer) -> None:
        self.algorithm = signer.algorithm
        self.certificate_chain = signer.certificate_chain

    def sign(self, data: bytes) -> bytes:
        raise SignerUnavailableError("The token is not plugged in; plug it in.")


def test_nothing_is_recorded_when_signing_fails(
    signer: Signer, registry: Registry, picture: Pixels
) -> None:
    stamper = Stamper(producer=OURS, signer=Unplugged(signer), registry=registry)
    with pytest.raises(SignerUnavailableError, match="plug it in"):
        stamper.stamp(picture, model="m")
    assert registry.size == 0


def test_nothing_is_released_when_recording_fails(
    signer: Signer, registry: Registry, picture: Pixels, tmp_path: Path
) -> None:
    registry.model_number(OURS.number, "m", "", create=True)
    with open_registry("sqlite:///stamps.db", base=tmp_path, create=False, read_only=True) as kept:
        stamper = Stamper(producer=OURS, signer=signer, registry=kept)
        with pytest.raises(RegistryUnavailableError):
            stamper.stamp(picture, model="m")
    assert registry.size == 0


def test_a_taken_serial_is_drawn_again(
    stamper: Stamper, stamped: StampedImage, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = watermark.Payload.unpack(bytes.fromhex(stamped.record.stamp_id)).serial
    drawn = iter([taken, taken, 12345])
    monkeypatch.setattr("secrets.randbits", lambda bits: next(drawn))
    again = stamper.stamp(picture, model="m", created=CREATED).record
    assert watermark.Payload.unpack(bytes.fromhex(again.stamp_id)).serial == 12345


def test_a_broken_random_source_is_noticed(
    stamper: Stamper, stamped: StampedImage, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = watermark.Payload.unpack(bytes.fromhex(stamped.record.stamp_id)).serial
    monkeypatch.setattr("secrets.randbits", lambda bits: taken)
    with pytest.raises(StampError, match="random source"):
        stamper.stamp(picture, model="m", created=CREATED)


def test_bad_input(stamper: Stamper, picture: Pixels, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError):
        stamper.stamp(tmp_path / "absent.png", model="m")
    with pytest.raises(UnsupportedFormatError):
        stamper.stamp(b"not a picture", model="m")
    with pytest.raises(UnsupportedFormatError):
        stamper.stamp(picture, model="m", format=".jp2")
    with pytest.raises(StampError, match="time zone"):
        stamper.stamp(picture, model="m", created=datetime(2026, 1, 1))  # noqa: DTZ001


def test_times_are_stated_in_utc(stamper: Stamper, picture: Pixels) -> None:
    from datetime import timezone

    elsewhere = CREATED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    record = stamper.stamp(picture, model="m", created=elsewhere).record
    assert record.created == CREATED
    assert record.created.utcoffset() == timedelta(0)


# --- what is handed out ---------------------------------------------------------------------------


def test_save_writes_the_signed_bytes(stamped: StampedImage, tmp_path: Path) -> None:
    file = tmp_path / "out.png"
    stamped.save(file)
    assert file.read_bytes() == stamped.data
    with pytest.raises(OutputExistsError):
        stamped.save(file)
    stamped.save(file, overwrite=True)


@pytest.mark.parametrize(
    ("name", "error"), [("out.jpg", OutputError), ("out.jp2", UnsupportedFormatError)]
)
def test_save_refuses_another_format(
    name: str, error: type[Exception], stamped: StampedImage, tmp_path: Path
) -> None:
    with pytest.raises(error):
        stamped.save(tmp_path / name)
    assert list(tmp_path.glob("out.*")) == []


@pytest.mark.parametrize(("name", "number"), [("x", 0), ("x", 1 << 20), ("x", -1), (" ", 7)])
def test_a_producer_has_a_name_and_a_number(name: str, number: int) -> None:
    with pytest.raises(ConfigError):
        Producer(name, number)


def test_a_name_is_no_producer(signer: Signer, registry: Registry) -> None:
    with pytest.raises(ConfigError, match="provenance init"):
        Stamper(producer="Example AI", signer=signer, registry=registry)  # type: ignore[arg-type]


# --- threads and processes ------------------------------------------------------------------------


def test_threads_share_a_stamper(stamper: Stamper, registry: Registry, picture: Pixels) -> None:
    with ThreadPoolExecutor(4) as pool:
        stamps = list(pool.map(lambda _: stamper.stamp(picture, model="m"), range(4)))
    assert len({stamped.record.stamp_id for stamped in stamps}) == registry.size == 4


FORKED = """
import os, sys
from pathlib import Path
import numpy as np
import provenance as pv

folder, picture = Path(sys.argv[1]), np.load(sys.argv[2])
stamper = pv.Stamper(
    producer=pv.Producer("Example AI", 600000),
    signer=pv.open_signer("file:signer.pem", folder=folder),
    registry=pv.open_registry("sqlite:///forked.db", create=True, base=folder),
)
stamper.stamp(picture, model="before the fork")
child = os.fork()
if child == 0:
    stamper.stamp(picture, model="in the child")
    os._exit(0)
stamper.stamp(picture, model="in the parent")
sys.exit(os.waitpid(child, 0)[1])
"""


def test_a_forked_stamper_stamps(picture: Pixels, tmp_path: Path) -> None:
    (tmp_path / "signer.pem").write_bytes(development.create(OURS.name).signer)
    np.save(tmp_path / "picture.npy", picture)
    subprocess.run(
        [sys.executable, "-c", FORKED, tmp_path, tmp_path / "picture.npy"],
        check=True,
        timeout=PATIENCE_S,
    )
    with open_registry("sqlite:///forked.db", create=True, base=tmp_path) as registry:
        assert {record.model for record in registry.records()} == {
            "before the fork",
            "in the child",
            "in the parent",
        }


@pytest.mark.parametrize("kind", ["AVIF", "TIFF", "HEIC"])
def test_every_format_is_signed_and_read_back(stamper: Stamper, picture: Pixels, kind: str) -> None:
    stamped = stamper.stamp(picture, model="m", format=kind)
    reading = manifest.read(stamped.data, imaging.MIME[kind], Trust.none())
    assert reading.validated
    assert reading.hard_binding == "match"
    found = watermark.detect(imaging.decode(stamped.data).rgb)
    assert found is not None
    assert found.payload.hex() == stamped.record.stamp_id


def test_labels_are_written_before_signing(stamper: Stamper, picture: Pixels) -> None:
    wanted = labels.Labels(source_type=True, aigc=True, badge=labels.Badge("AI"))
    stamper = stamper.labelling(wanted)
    stamped = stamper.stamp(jpeg(picture), model="m")
    reading = manifest.read(stamped.data, "image/jpeg", Trust.none())
    assert reading.hard_binding == "match"
    found = labels.read_labels(imaging.decode(stamped.data))
    assert found.aigc is not None
    assert found.aigc["ProduceID"] == stamped.record.stamp_id
    assert reading.source_type == found.source_type
    again = stamper.editing(stamped.data).stamp(jpeg(picture), model="m")
    edited = manifest.read(again.data, "image/jpeg", Trust.none()).source_type
    assert labels.read_labels(imaging.decode(again.data)).source_type == edited
    assert edited != found.source_type


@pytest.fixture(scope="module")
def with_a_caption(picture: Pixels) -> bytes:
    """A PNG with a text that WebP has no place for."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Caption", "anna")
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", pnginfo=texts)
    return file.getvalue()


def test_what_is_lost_is_said(
    stamper: Stamper, with_a_caption: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert stamper.strict().stamp(with_a_caption, model="m").losses == ()
    with caplog.at_level(logging.WARNING, "provenance"):
        stamped = stamper.stamp(with_a_caption, model="m", format="WEBP")
    (loss,) = stamped.losses
    assert loss.kind is LossKind.METADATA
    assert "'Caption'" in loss.says
    assert loss.says in caplog.messages


def test_strict_refuses_what_would_be_lost(
    stamper: Stamper, registry: Registry, with_a_caption: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "out.webp"
    with pytest.raises(LossError, match="Caption") as caught:
        stamper.strict().stamp(with_a_caption, model="m", to=out)
    assert [loss.kind for loss in caught.value.losses] == [LossKind.METADATA]
    assert not out.exists()
    assert registry.checkpoint().size == 0


def test_metadata_that_is_to_be_stripped_is_not_lost(
    stamper: Stamper, with_a_caption: bytes
) -> None:
    stripping = stamper.labelling(labels.Labels(strip_prompt=True)).strict()
    assert b"anna" not in stripping.stamp(with_a_caption, model="m", format="WEBP").data


def test_a_profile_that_asks_for_the_version(stamper: Stamper, picture: Pixels) -> None:
    wanted = labels.PROFILES["california"]
    stamper = stamper.labelling(wanted)
    with pytest.raises(LabelError, match="version"):
        stamper.stamp(picture, model="m")
    with pytest.raises(LabelError, match="readable mark"):
        stamper.best_effort()


def test_best_effort_signs_what_can_hold_no_mark(
    stamper: Stamper, registry: Registry, picture: Pixels, caplog: pytest.LogCaptureFixture
) -> None:
    tiny = np.ascontiguousarray(picture[100:160, 100:200])
    with pytest.raises(ImageTooSmallError):
        stamper.stamp(tiny, model="m")
    with caplog.at_level(logging.WARNING, "provenance"):
        stamped = stamper.best_effort().stamp(tiny, model="m")
    assert "No readable mark" in caplog.text
    assert stamped.margin is None
    assert np.array_equal(imaging.decode(stamped.data).rgb, tiny)
    assert registry.by_id(stamped.record.stamp_id) == stamped.record
    statement = manifest.read(stamped.data, "image/png", Trust.none()).statement
    assert statement is not None
    assert statement.alg is None
    assert statement.stamp_id == stamped.record.stamp_id
    assert b"c2pa.watermarked" not in stamped.data
    assert b"soft-binding" not in stamped.data
    assert stamper.best_effort().stamp(picture, model="m").margin is not None


def test_fresh_pixels_are_not_searched_for_marks(stamper: Stamper, picture: Pixels) -> None:
    marked = imaging.decode(stamper.stamp(picture, model="m").data).rgb
    with pytest.raises(AlreadyStampedError):
        stamper.stamp(marked, model="m")
    assert read(stamper.stamp(picture, model="m", fresh=True)).validated
    assert stamper.stamp(marked, model="m", fresh=True).marked  # the caller's word is taken


def test_a_manifest_in_the_file_counts_even_of_fresh_pixels(
    stamper: Stamper, picture: Pixels
) -> None:
    stamped = stamper.stamp(picture, model="m").data
    with pytest.raises(AlreadyStampedError):
        stamper.stamp(stamped, model="m", fresh=True)


def test_the_margin_is_measured_when_it_is_asked_for(
    stamper: Stamper, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    measure = watermark.margin

    def count(rgb: Pixels, payload: bytes) -> watermark.Margin:
        asked.append(payload)
        return measure(rgb, payload)

    monkeypatch.setattr(watermark, "margin", count)
    stamped = stamper.stamp(picture, model="m")
    assert asked == []
    margin = stamped.margin
    assert margin == measure(
        imaging.decode(stamped.data).rgb, bytes.fromhex(stamped.record.stamp_id)
    )
    assert stamped.margin is margin
    assert len(asked) == 1


def test_format_options_are_those_of_the_output(stamper: Stamper, picture: Pixels) -> None:
    coarse, fine = (
        stamper.stamp(picture, model="m", format="JPEG", format_options={"quality": quality})
        for quality in (70, 95)
    )
    assert len(coarse.data) < len(fine.data)
    with pytest.raises(ConfigError, match="JPEG has no option 'effort'"):
        stamper.stamp(picture, model="m", format="JPEG", format_options={"effort": "fast"})


# --- names and metadata --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["two\nlines", "a\u200bb", "a\u202eb", "x" * 257])
def test_a_refused_model_gets_no_number(
    stamper: Stamper, registry: Registry, picture: Pixels, name: str
) -> None:
    before = registry.models(stamper.producer.number)
    with pytest.raises(StampError, match="The model's name has"):
        stamper.stamp(picture, model=name)
    with pytest.raises(StampError, match="The model's version has"):
        stamper.stamp(picture, model="m", model_version=name)
    assert registry.models(stamper.producer.number) == before


def test_a_persian_model_is_stamped(stamper: Stamper, picture: Pixels) -> None:
    name = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert stamper.stamp(picture, model=name).record.model == name


def test_an_edit_loses_where_the_photograph_was_taken(stamper: Stamper, picture: Pixels) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[315], exif[34853] = "Jane", {1: "N", 2: (52.0, 31.0, 12.0)}
    Image.fromarray(picture).save(file, "PNG", exif=exif)
    found = {}
    for name, maker in {
        "created": stamper,
        "edited": stamper.editing(),
        "kept": stamper.editing(keep_personal=True),
    }.items():
        read = Image.Exif()
        stamped = maker.stamp(file.getvalue(), model="m")
        read.load(imaging.decode(stamped.data).exif or b"")
        assert read[315] == "Jane"
        found[name] = 34853 in read
    assert found == {"created": True, "edited": False, "kept": True}


def animate(pixels: Pixels, kind: str) -> bytes:
    """A picture over which a square walks, in three frames."""
    frames = []
    for index in range(3):
        shown = pixels.copy()
        shown[60:110, 40 + 50 * index : 90 + 50 * index] = (210, 40, 40)
        frames.append(Image.fromarray(shown))
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=[40, 90, 500])
    return file.getvalue()


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "GIF"])
def test_a_moving_picture_is_marked_in_every_frame_and_does_not_flicker(
    stamper: Stamper, picture: Pixels, kind: str
) -> None:
    source = animate(picture, kind)
    stamped = stamper.stamp(source, model="m")
    assert stamped.format == kind
    statement = manifest.read(stamped.data, imaging.MIME[kind], Trust.none()).statement
    assert statement
    assert statement.frames == 3
    shown = imaging.load_moving(imaging.decode(stamped.data)).moving
    assert shown
    frames = [each.rgb for each in shown.frames]
    for each in frames:
        assert (found := watermark.detect(each))
        assert found.payload == statement.payload
    if kind == "GIF":  # the others code every frame anew
        before = imaging.load_moving(imaging.decode(source)).moving
        assert before
        still = (before.frames[0].rgb == before.frames[1].rgb).all(axis=2)
        assert np.array_equal(frames[0][still], frames[1][still])


def test_a_visible_label_is_on_every_frame(stamper: Stamper, picture: Pixels) -> None:
    badge = labels.Labels(badge=labels.Badge("AI"))
    stamped = stamper.labelling(badge).stamp(animate(picture, "PNG"), model="m")
    shown = imaging.load_moving(imaging.decode(stamped.data)).moving
    assert shown
    dark = [(each.rgb[-30:, -40:] < 60).mean() for each in shown.frames]
    assert min(dark) > 0.1
    assert max(dark) - min(dark) < 0.05


def test_a_jpeg_xl_is_stamped(stamper: Stamper, picture: Pixels) -> None:
    stamped = stamper.stamp(picture, model="m", format="JXL")
    reading = manifest.read(stamped.data, imaging.MIME["JXL"], Trust.none())
    assert reading.hard_binding == "match"
    assert reading.statement
    assert reading.statement.payload == stamped.record.stamp_id.payload
    shown = imaging.decode(stamped.data)
    assert shown.lossless
    assert (found := watermark.detect(shown.rgb))
    assert found.payload == reading.statement.payload


def test_a_batch_without_pytorch_takes_no_number(
    stamper: Stamper, registry: Registry, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ConfigError, match="needs torch"):
        stamper.embed_batch(picture[None], model="new")
    assert registry.models(OURS.number) == []
