"""Other people's manifests: what their makers and other validators say of them, we say."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol

import brotli
import c2pa
import pytest
from PIL import Image

from provenance.containers import jpeg
from provenance.errors import (
    ManifestDamagedError,
    ManifestDraftError,
    ManifestNotFoundError,
    ManifestUnsupportedError,
)
from provenance.manifest import (
    ManifestReading,
    StampStatement,
    Trust,
    cbor_limits,
    compression,
    draw_urn,
    extract,
    is_rule,
    list_history,
    read,
    reattach,
    sign,
)
from provenance.manifest.trust import DEFAULT_EKUS
from provenance.signers.pem_file import PemSigner
from tests import manifests
from tests.items import heic
from tests.manifests import CREATED, actions

Picture = Callable[..., bytes]
FREE = manifests.box(b"free", bytes(40))
METADATA = manifests.superbox(b"c2md", manifests.urn(9), manifests.box(b"json", b"{}"))


class Producer(Protocol):
    """What the fixture of that name holds."""

    signer: PemSigner
    trust: Trust


@pytest.fixture
def png(picture: Picture) -> bytes:
    return picture("PNG")


@pytest.fixture
def manifest(producer: Producer, png: bytes) -> bytes:
    """One that a generator might have made."""
    return manifests.write_manifest(producer.signer, png, actions(CREATED))


def read_png(data: bytes, producer: Producer) -> ManifestReading:
    return read(data, "image/png", producer.trust)


def test_what_is_written_by_hand_is_good(producer: Producer, png: bytes, manifest: bytes) -> None:
    reading = read_png(manifests.put(png, manifests.write_store(manifest)), producer)
    assert reading.authentic
    assert reading.hard_binding == "match"
    assert reading.failures == ()
    assert reading.model == "lab-net"


@pytest.mark.parametrize("added", [FREE, METADATA])
@pytest.mark.parametrize("at", [1, 2])
def test_boxes_that_readers_skip_are_skipped(
    producer: Producer, png: bytes, at: int, added: bytes
) -> None:
    """The store is longer by them, and so is what its signer left out of the hash."""
    made = manifests.write_manifest(producer.signer, png, actions(CREATED), around=len(added))
    store = manifests.insert_box(manifests.write_store(made), added, at=at)
    reading = read_png(manifests.put(png, store), producer)
    assert reading.authentic
    assert reading.hard_binding == "match"


@pytest.mark.parametrize("path", [(1,), (1, 1)])
def test_padding_within_a_manifest_is_skipped(
    producer: Producer, png: bytes, path: tuple[int, ...]
) -> None:
    made = manifests.write_manifest(producer.signer, png, actions(CREATED), around=len(FREE))
    store = manifests.insert_box(manifests.write_store(made), FREE, *path)
    assert read_png(manifests.put(png, store), producer).authentic


def test_a_changed_manifest_beside_padding_is_broken(producer: Producer, png: bytes) -> None:
    made = manifests.write_manifest(producer.signer, png, actions(CREATED), around=len(FREE))
    store = manifests.insert_box(manifests.write_store(made), FREE)
    reading = read_png(manifests.put(png, store.replace(b"lab-net", b"lab-bet")), producer)
    assert reading.broken


def test_no_hard_binding_is_bound_to_nothing(producer: Producer, png: bytes) -> None:
    data = manifests.sign_by_hand(producer.signer, png, actions(CREATED), bound=False)
    reading = read_png(data, producer)
    assert reading.failures == ("claim.hardBindings.missing",)
    assert (reading.hard_binding, reading.broken, reading.authentic) == ("absent", False, False)
    assert reading.signer is not None
    assert reading.signer.name == "Example Ltd"


def test_a_broken_rule_is_no_broken_signature(producer: Producer, png: bytes) -> None:
    stated = {key: value for key, value in CREATED.items() if key != "digitalSourceType"}
    reading = read_png(manifests.sign_by_hand(producer.signer, png, actions(stated)), producer)
    assert reading.failures == ("assertion.action.malformed",)
    assert all(map(is_rule, reading.failures))
    assert reading.authentic


def test_a_broken_rule_makes_up_for_nothing(producer: Producer, png: bytes) -> None:
    stated = {key: value for key, value in CREATED.items() if key != "digitalSourceType"}
    data = manifests.sign_by_hand(producer.signer, png, actions(stated))
    changed = data.replace(b"lab-net", b"lab-bet")
    assert not read_png(changed, producer).authentic


def test_what_is_appended_to_a_jpeg_is_not_its_own(
    producer: Producer, statement: StampStatement, picture: Picture
) -> None:
    """A picture of several (MPF), each a file by itself, has the manifest of its first."""
    plain, other = picture("JPEG"), picture("JPEG", seed=1)
    signed = sign(other, "image/jpeg", statement, producer.signer, draw_urn()).data
    with pytest.raises(ManifestNotFoundError):
        read(plain + signed, "image/jpeg", producer.trust)


def test_a_store_behind_the_scans_is_not_found(signed_jpeg: bytes, picture: Picture) -> None:
    plain = picture("JPEG")
    store = jpeg.extract(signed_jpeg)
    assert store is not None
    segment = jpeg.insert(b"\xff\xd8", store, None)[2:]
    with pytest.raises(ManifestNotFoundError):
        read(plain[:-2] + segment + plain[-2:], "image/jpeg", Trust.none())


@pytest.fixture
def signed_jpeg(producer: Producer, statement: StampStatement, picture: Picture) -> bytes:
    return sign(picture("JPEG"), "image/jpeg", statement, producer.signer, draw_urn()).data


@pytest.mark.parametrize("number", [b"\x02\x11", b"\x00\x01"])
@pytest.mark.parametrize("first", [True, False])
def test_other_boxes_beside_the_store(
    producer: Producer, signed_jpeg: bytes, number: bytes, first: bool
) -> None:
    """JPEG 360 and the like write boxes too; some number them as the store is numbered."""
    other = manifests.superbox(b"json", "another.thing", manifests.box(b"json", b"{}"))
    segment = jpeg.pack_segment(b"\xeb", b"JP" + number + b"\0\0\0\1" + other)
    store = next(piece for piece in jpeg.walk(signed_jpeg) if piece.kind == b"\xeb")
    at = store.start if first else store.end
    reading = read(signed_jpeg[:at] + segment + signed_jpeg[at:], "image/jpeg", producer.trust)
    assert reading.hard_binding == "mismatch"  # it was added after signing
    assert reading.authentic


def test_a_draft_says_that_it_is_one(picture: Picture) -> None:
    store = manifests.superbox(b"cacb", "cai", manifests.superbox(b"cast", "cb.example_1"))
    data = jpeg.insert(picture("JPEG"), store, None)
    with pytest.raises(ManifestDraftError):
        read(data, "image/jpeg", Trust.none())


@pytest.mark.parametrize("algorithm", [None, "sha1", "sha3-256"])
def test_an_unknown_algorithm_is_not_damage(
    producer: Producer, png: bytes, algorithm: str | None
) -> None:
    made = manifests.write_manifest(producer.signer, png, actions(CREATED), algorithm=algorithm)
    with pytest.raises(ManifestUnsupportedError):
        read_png(manifests.put(png, manifests.write_store(made)), producer)


def test_garbage_in_a_store_is_damage(png: bytes) -> None:
    store = manifests.write_store(manifests.superbox(b"c2ma", manifests.urn(1)))
    with pytest.raises(ManifestDamagedError):
        read(manifests.put(png, store), "image/png", Trust.none())


# --- compressed manifests -------------------------------------------------------------------------


def compress(store: bytes, times: int = 1) -> bytes:
    """The store with its one manifest compressed, so many times over."""
    described, manifest = manifests.split(store[8:])
    for _ in range(times):
        stream = manifests.box(b"brob", brotli.compress(manifest))
        manifest = manifests.superbox(b"c2cm", manifests.urn(1), stream)
    return manifests.box(b"jumb", described + manifest)


def test_a_compressed_manifest_keeps_its_signer(producer: Producer, png: bytes) -> None:
    made = manifests.write_store(
        manifests.write_manifest(producer.signer, png, actions(CREATED), around=-1)
    )
    for _ in range(3):  # it states the length of the store that it is compressed in
        around = len(compress(made)) - len(made)
        made = manifests.write_store(
            manifests.write_manifest(producer.signer, png, actions(CREATED), around=around)
        )
    reading = read_png(manifests.put(png, compress(made)), producer)
    assert reading.signer is not None
    assert reading.signer.name == "Example Ltd"
    assert reading.authentic
    assert [entry.trusted for entry in list_history(reading, producer.trust)] == [True]


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail as soon as the SDK is given something to read."""

    def asked(*_: object, **__: object) -> None:
        pytest.fail("the SDK was asked")

    monkeypatch.setattr(c2pa, "Reader", asked)


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("times", [1, 2])
def test_what_is_compressed_is_checked_too(png: bytes, manifest: bytes, times: int) -> None:
    """A text that announces one byte more than there is left in its box."""
    store = manifests.write_store(manifest)
    at = store.index(b"cbor", store.index(b"c2pa.claim.v2"))
    size = int.from_bytes(store[at - 4 : at], "big")
    longer = b"\x7a" + (size - 8 - 5 + 1).to_bytes(4, "big")
    bad = store[: at + 4] + longer + store[at + 9 :]
    with pytest.raises(ManifestDamagedError, match="more than they hold"):
        read(manifests.put(png, compress(bad, times)), "image/png", Trust.none())


@pytest.mark.usefixtures("unasked")
def test_nesting_is_limited(png: bytes, manifest: bytes) -> None:
    store = compress(manifests.write_store(manifest), times=3)
    with pytest.raises(ManifestDamagedError, match="too often"):
        read(manifests.put(png, store), "image/png", Trust.none())


@pytest.mark.usefixtures("unasked")
def test_the_size_is_limited(png: bytes, manifest: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    store = compress(manifests.write_store(manifest))
    monkeypatch.setattr(compression, "MAX_EXPANDED", len(manifest) - 1)
    with pytest.raises(ManifestDamagedError, match="too large"):
        read(manifests.put(png, store), "image/png", Trust.none())


@pytest.mark.usefixtures("unasked")
def test_the_number_is_limited(png: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cbor_limits, "MAX_STREAMS", 2)
    store = manifests.write_store(*[manifests.box(b"brob", b"not a stream")] * 3)
    with pytest.raises(ManifestDamagedError, match="too many parts"):
        read(manifests.put(png, store), "image/png", Trust.none())


# --- updates --------------------------------------------------------------------------------------


def sign_with_sdk(data: bytes, mime: str, signer: PemSigner, *, update: bool) -> bytes:
    """What the SDK makes of a new picture, or of an update to a signed one."""
    stated = [] if update else [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}]
    settings = {
        "trust": {"trust_config": "\n".join(DEFAULT_EKUS)},
        "builder": {"thumbnail": {"enabled": False}},
    }
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    info = c2pa.C2paSignerInfo(b"es256", signer.certificate_chain, signer.private_key_pem(), None)
    out = io.BytesIO()
    builder = c2pa.Builder({"claim_generator_info": [], "assertions": stated}, context)
    if update:
        builder.set_intent(c2pa.C2paBuilderIntent.UPDATE)
    with c2pa.Signer.from_info(info) as native:
        builder.sign(native, mime, io.BytesIO(data), out)
    return out.getvalue()


@pytest.fixture(params=["PNG", "JPEG", "AVIF", "HEIC"])
def updated(
    request: pytest.FixtureRequest, picture: Picture, producer: Producer, stranger: Producer
) -> tuple[bytes, bytes]:
    """A picture, and the same signed by one and updated twice by another."""
    mime = f"image/{request.param.lower()}"
    plain = picture("PNG" if request.param == "HEIC" else request.param)
    if request.param == "HEIC":
        plain = heic(Image.open(io.BytesIO(plain)))
    data = sign_with_sdk(plain, mime, producer.signer, update=False)
    for _ in range(2):
        data = sign_with_sdk(data, mime, stranger.signer, update=True)
    return plain, data


def test_an_update_is_bound_through_what_it_updates(
    updated: tuple[bytes, bytes], stranger: Producer
) -> None:
    reading = read(updated[1], "image/jpeg", stranger.trust)
    assert (reading.hard_binding, reading.authentic) == ("match", True)
    history = list_history(reading, stranger.trust)
    assert len(history) == 3
    assert sorted(entry.trusted for entry in history) == [False, True, True]


def test_changed_pixels_under_an_update(updated: tuple[bytes, bytes], stranger: Producer) -> None:
    data = updated[1]
    at = data.index(updated[0][-60:-40])
    changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    reading = read(changed, "image/jpeg", stranger.trust)
    assert reading.hard_binding == "mismatch"
    assert not reading.broken


def test_an_updated_store_is_taken_out_and_put_back(updated: tuple[bytes, bytes]) -> None:
    plain, data = updated
    whole, reading = reattach(plain, extract(data))
    assert whole == data
    assert reading.hard_binding == "match"
