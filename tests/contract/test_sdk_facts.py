"""What the C2PA SDK does that `manifest` relies on or works around.

None of this is promised anywhere. A test that fails after an upgrade says which assumption no
longer holds; where the SDK got better, a work-around can go. findings/ shows without our code what
surprised us most.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import c2pa
import pytest
from cryptography.hazmat.primitives.asymmetric import utils
from PIL import Image

from provenance.manifest import draw_urn
from provenance.manifest.trust import DEFAULT_EKUS
from provenance.signers import development, pem_file
from tests.timestamping import TimeStampAuthority, time_stamp_authority

Json = dict[str, Any]

KEYS = development.create("Facts Ltd")
SIGNER = pem_file.load(KEYS.signer, KEYS.signer)
EKUS = "\n".join(DEFAULT_EKUS)
OFFLINE: Json = {
    "core": {"decode_identity_assertions": False, "allowed_network_hosts": []},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
CREATED: Json = {
    "action": "c2pa.created",
    "when": "2026-11-22T17:00:00Z",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
}


def context(*, kind: str = "manifest", anchors: str | None = None, **more: Json) -> c2pa.Context:
    pem_text = KEYS.authority.decode() if anchors is None else anchors
    anchor = {"trust_anchors": pem_text, "trust_kind": kind, "trust_config": EKUS}
    trust = {"anchors": [anchor], "trust_config": EKUS}
    return c2pa.Context(c2pa.Settings.from_dict({**OFFLINE, "trust": trust, **more}))


def native(callback: Callable[[bytes], bytes] | None = None) -> c2pa.Signer:
    if callback is not None:
        chain = SIGNER.certificate_chain.decode()
        return c2pa.Signer.from_callback(callback, c2pa.C2paSigningAlg.ES256, chain, None)
    info = (b"es256", SIGNER.certificate_chain, SIGNER.private_key_pem(), None)
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(*info))


def definition(*assertions: Json, actions: list[Json] | None = None) -> Json:
    data = {"actions": actions or [CREATED], "allActionsIncluded": True}
    first = {"label": "c2pa.actions.v2", "created": True, "data": data}
    return {
        "label": draw_urn(),
        "claim_generator_info": [{"name": "facts", "specVersion": "2.4.0"}],
        "assertions": [first, *assertions],
    }


def own(data: Json) -> Json:
    return {"label": "org.example.own", "created": True, "data": data}


def picture(format_name: str = "PNG", side: int = 48) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(file, format_name)
    return file.getvalue()


def sign(document: Json, data: bytes, mime: str = "image/png", **keys: Any) -> tuple[bytes, bytes]:
    signed = io.BytesIO()
    builder = c2pa.Builder(document, keys.get("context") or context())
    with keys.get("signer") or native() as signer:
        store = builder.sign(signer, mime, io.BytesIO(data), signed)
    return signed.getvalue(), bytes(store)


def report(data: bytes, mime: str = "image/png", store: bytes | None = None, **keys: Any) -> Json:
    setting = keys.get("context") or context()
    with c2pa.Reader(mime, io.BytesIO(data), store, context=setting) as reader:
        found: Json = json.loads(reader.json())
        return found


def active(found: Json) -> Json:
    manifest: Json = found["manifests"][found["active_manifest"]]
    return manifest


def failures(found: Json) -> set[str]:
    return {item["code"] for item in found["validation_results"]["activeManifest"]["failure"]}


# --- what is relied on -------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF"])
def test_a_manifests_address_gives_its_store(format_name: str) -> None:
    mime = f"image/{format_name.lower()}"
    data, store = sign(definition(), picture(format_name), mime)
    with c2pa.Reader(mime, io.BytesIO(data), context=context()) as reader:
        raw = io.BytesIO()
        urn = json.loads(reader.json())["active_manifest"]
        reader.resource_to_stream(f"self#jumbf=/c2pa/{urn}", raw)
    assert raw.getvalue() == store


def test_the_label_becomes_the_urn_and_nothing_else_does() -> None:
    document = definition()
    assert report(sign(document, picture())[0])["active_manifest"] == document["label"]
    with pytest.raises(c2pa.C2paError, match="GUID"):
        sign({**document, "label": "x"}, picture())


def test_created_assertions_are_told_from_hearsay() -> None:
    hearsay = {"label": "org.example.gathered", "data": {"a": "b"}}
    found = active(report(sign(definition(own({"a": "b"}), hearsay), picture())[0]))
    assert {item["label"]: item.get("created") for item in found["assertions"]} == {
        "c2pa.actions.v2": True,
        "org.example.own": True,
        "org.example.gathered": None,
    }


def test_the_serial_number_of_the_signer_is_decimal() -> None:
    found = active(report(sign(definition(), picture())[0]))
    assert found["signature_info"]["cert_serial_number"].isdecimal()


def test_success_names_the_manifests_own_signature() -> None:
    found = report(sign(definition(), picture())[0])
    where = f"self#jumbf=/c2pa/{found['active_manifest']}/c2pa.signature"
    success = found["validation_results"]["activeManifest"]["success"]
    for code in ("claimSignature.validated", "signingCredential.trusted"):
        assert [item["url"] for item in success if item["code"] == code] == [where]


def test_no_thumbnail_when_switched_off() -> None:
    data = sign(definition(), picture(side=256))[0]
    assert b"thumbnail" not in data
    assert b"thumbnail" in sign(definition(), picture(side=256), context=context(builder={}))[0]


def test_an_unlisted_watermark_is_accepted() -> None:
    binding = {"alg": "unlisted.x", "pad": [], "blocks": [{"scope": {}, "value": [1, 2]}]}
    soft = {"label": "c2pa.soft-binding", "created": True, "data": binding}
    marked = [CREATED, {"action": "c2pa.watermarked.bound"}]
    data, _ = sign(definition(soft, actions=marked), picture())
    assert failures(report(data)) == set()
    with pytest.raises(c2pa.C2paError, match="softBindingMissing"):
        sign(definition(actions=marked), picture())


@pytest.mark.parametrize("label", ["c2pa.ai-disclosure", "cawg.training-mining", "org.example.x"])
def test_assertions_of_any_kind_pass_as_they_are(label: str) -> None:
    data = {"modelType": "c2pa.types.model", "entries": {"cawg.ai_training": {"use": "allowed"}}}
    found = report(sign(definition({"label": label, "created": True, "data": data}), picture())[0])
    assert failures(found) == set()
    assert active(found)["assertions"][-1]["data"] == data


def test_a_watermarks_payload_is_read_back_as_base64() -> None:
    payload = bytes(range(250, 256)) * 2
    binding = {"alg": "a.b", "pad": [], "blocks": [{"scope": {}, "value": list(payload)}]}
    soft = {"label": "c2pa.soft-binding", "created": True, "data": binding}
    found = active(report(sign(definition(soft), picture())[0]))
    value = found["assertions"][-1]["data"]["blocks"][0]["value"]
    assert base64.b64decode(value) == payload


@pytest.mark.parametrize(
    "actions",
    [
        [{"action": "c2pa.edited"}],  # starts with neither created nor opened
        [CREATED, CREATED],
        [{"action": "c2pa.created"}],  # says no kind of source
        [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["nobody"]}}],
    ],
    ids=["starts in the middle", "created twice", "no source type", "no ingredient"],
)
def test_histories_that_can_not_be_are_refused(actions: list[Json]) -> None:
    with pytest.raises(c2pa.C2paError):
        sign(definition(actions=actions), picture())


@pytest.mark.parametrize("relationship", ["parentOf", "componentOf"])
def test_an_ingredient_may_be_all_but_unknown(relationship: str) -> None:
    ingredient = {"label": "p", "instance_id": "xmp:iid:p", "relationship": relationship}
    by = {"parameters": {"ingredientIds": ["p"]}}
    actions = [{"action": "c2pa.opened", **by}]
    if relationship == "componentOf":
        actions = [CREATED, {"action": "c2pa.placed", **by}]
    document = {**definition(actions=actions), "ingredients": [ingredient]}
    found = report(sign(document, picture())[0])
    assert failures(found) == set()
    assert active(found)["ingredients"][0]["relationship"] == relationship


def test_a_file_is_read_whatever_type_it_is_told() -> None:
    for name in ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF"):
        mime = f"image/{name.lower()}"
        data, _ = sign(definition(), picture(name), mime)
        for told in ("image/jpeg", "image/png", "image/avif"):
            assert report(data, told)["validation_state"] == "Trusted"
    with pytest.raises(c2pa.C2paError):
        sign(definition(), picture("JPEG"), "image/png")


def test_a_store_by_itself_is_told_by_its_type_only() -> None:
    _, store = sign(definition(), picture())
    found = report(store, "application/c2pa")
    assert failures(found) == {"assertion.dataHash.mismatch"}
    with pytest.raises(c2pa.C2paError, match=r"^NotSupported"):
        report(store, "image/jpeg")


def test_a_store_made_to_lie_beside_its_file_holds_there() -> None:
    source = picture()
    builder = c2pa.Builder(definition(), context())
    builder.set_no_embed()
    file = io.BytesIO()
    with native() as signer:
        store = bytes(builder.sign(signer, "image/png", io.BytesIO(source), file))
    assert file.getvalue() == source
    assert report(source, store=store)["validation_state"] == "Trusted"


def test_one_context_serves_many_threads() -> None:
    setting = context()
    data, _ = sign(definition(), picture(), context=setting)
    with ThreadPoolExecutor(4) as pool:
        states = pool.map(lambda _: report(data, context=setting)["validation_state"], range(16))
        assert set(states) == {"Trusted"}


def test_errors_start_with_their_kind() -> None:
    for data, mime, kind in (
        (picture(), "image/png", "ManifestNotFound: "),
        (picture("BMP"), "image/bmp", "NotSupported: "),
        (picture()[:1000], "image/png", "Other: asset could not be parsed"),
        (picture("GIF")[:20], "image/gif", "Io: "),
    ):
        with pytest.raises(c2pa.C2paError) as caught:
            report(data, mime)
        assert str(caught.value).startswith(kind)


def test_a_pointer_elsewhere_is_an_error_of_its_own() -> None:
    builder = c2pa.Builder(definition(), context())
    builder.set_no_embed()
    builder.set_remote_url("https://manifests.invalid/x")
    signed = io.BytesIO()
    with native() as signer:
        builder.sign(signer, "image/jpeg", io.BytesIO(picture("JPEG")), signed)
    with pytest.raises(c2pa.C2paError, match=r"^Remote: "):
        report(signed.getvalue(), "image/jpeg")


def test_a_recovered_store_becomes_a_parent_with_its_validation() -> None:
    data, store = sign(definition(), picture())
    before = report(data)
    ingredient = {
        "label": "p",
        "instance_id": "xmp:iid:p",
        "relationship": "parentOf",
        "format": "image/png",
        "active_manifest": before["active_manifest"],
        "manifest_data": {"format": "application/c2pa", "identifier": "p.c2pa"},
    }
    opened = [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}}]

    def child(**more: Any) -> bytes:
        document = {**definition(actions=opened), "ingredients": [{**ingredient, **more}]}
        builder = c2pa.Builder(document, context())
        builder.add_resource("p.c2pa", io.BytesIO(store))
        signed = io.BytesIO()
        with native() as signer:
            builder.sign(signer, "image/png", io.BytesIO(picture()), signed)
        return signed.getvalue()

    found = report(child(validation_results=before["validation_results"]))
    assert set(found["manifests"]) == {before["active_manifest"], found["active_manifest"]}
    recorded = active(found)["ingredients"][0]["validation_results"]["activeManifest"]
    assert "claimSignature.validated" in {item["code"] for item in recorded["success"]}
    with pytest.raises(c2pa.C2paError, match="validationResults"):
        child()


READ_IDENTITY = """
import sys, c2pa
settings = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
if sys.argv[2] == "ours":
    settings["core"] = {"decode_identity_assertions": True, "allowed_network_hosts": []}
context = c2pa.Context(c2pa.Settings.from_dict(settings))
c2pa.Reader(sys.argv[1], context=context).close()
"""


@pytest.mark.corpus
@pytest.mark.parametrize("whose", ["ours", "default"])
def test_nobody_is_asked_about_identities(corpus: Path, whose: str) -> None:
    # The file names a web host. By default the SDK asks it, here by way of our "proxy".
    file = corpus / "c2pa" / "contentauth_c2pa-rs" / "adobe_connected_identities.jpg"
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(20)
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        child = subprocess.Popen(
            [sys.executable, "-c", READ_IDENTITY, str(file), whose],
            env={**os.environ, "HTTPS_PROXY": address, "https_proxy": address},
        )
        if whose == "default":
            connection, _ = proxy.accept()
            assert connection.recv(7) == b"CONNECT"
            connection.close()
            assert child.wait() == 0
            return
        assert child.wait() == 0
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()


@pytest.mark.parametrize("change", ["der", "raw"])
def test_either_form_of_an_elliptic_signature_will_do(change: str) -> None:
    def sign_der(data: bytes) -> bytes:
        r, s = (int.from_bytes(half, "big") for half in halves(SIGNER.sign(data)))
        return utils.encode_dss_signature(r, s)

    def halves(raw: bytes) -> tuple[bytes, bytes]:
        return raw[:32], raw[32:]

    callback = sign_der if change == "der" else SIGNER.sign
    data, _ = sign(definition(), picture(), signer=native(callback))
    assert report(data)["validation_state"] == "Trusted"


@pytest.mark.parametrize("answer", [b"", b"x" * 64, b"x" * 5000])
def test_a_wrong_signature_never_leaves(answer: bytes) -> None:
    with pytest.raises(c2pa.C2paError):
        sign(definition(), picture(), signer=native(lambda _: answer))


# --- what is worked around ---------------------------------------------------------------------


def test_state_is_invalid_though_only_the_file_differs() -> None:
    _, store = sign(definition(), picture())
    found = report(picture(), store=store)
    assert found["validation_state"] == "Invalid"
    assert failures(found) == {"assertion.dataHash.mismatch"}


def test_a_time_stamp_authoritys_anchors_make_signers_trusted() -> None:
    data, _ = sign(definition(), picture())
    assert report(data, context=context(kind="tsa"))["validation_state"] == "Trusted"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampAuthority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


def stamped(tsa: TimeStampAuthority, **more: object) -> bytes:
    info = (b"es256", SIGNER.certificate_chain, SIGNER.private_key_pem(), tsa.url.encode())
    keeper = c2pa.Signer.from_info(c2pa.C2paSignerInfo(*info))
    return sign({**definition(), **more}, picture(), signer=keeper)[0]


def believed(data: bytes, **keys: Any) -> bool:
    success = report(data, **keys)["validation_results"]["activeManifest"]["success"]
    return "timeStamp.trusted" in {item["code"] for item in success}


def test_signers_anchors_make_time_stamps_trusted_too(tsa: TimeStampAuthority) -> None:
    data, anchors = stamped(tsa), tsa.root.pem.decode()
    assert not believed(data)
    assert believed(data, context=context(kind="tsa", anchors=anchors))
    assert believed(data, context=context(kind="manifest", anchors=anchors))


def test_anybodys_time_stamps_are_trusted_in_old_claims(tsa: TimeStampAuthority) -> None:
    assert believed(stamped(tsa, claim_version=1, label=f"urn:uuid:{uuid4()}"))


@pytest.mark.parametrize("anchors", ["", "garbage"])
def test_garbage_passes_for_a_trust_list(anchors: str) -> None:
    data, _ = sign(definition(), picture())
    found = report(data, context=context(anchors=anchors))
    assert failures(found) == {"signingCredential.untrusted"}


def test_without_purposes_a_good_certificate_is_invalid() -> None:
    anchor = {"trust_anchors": KEYS.authority.decode(), "trust_kind": "manifest"}
    data, _ = sign(definition(), picture())
    found = report(data, context=context(trust={"anchors": [anchor]}))
    assert "signingCredential.invalid" in failures(found)


def test_a_stores_bytes_are_malleable() -> None:
    # The room that a signature may take and does not is filled with zeros that nothing covers.
    data, store = sign(definition(), picture(), signer=native(SIGNER.sign))
    at = store.rindex(bytes(4000)) + 2000
    other = store[:at] + b"\1" + store[at + 1 :]
    found = report(picture(), store=other)
    assert failures(found) == failures(report(picture(), store=store))
    assert other != store
    assert data


def test_a_store_is_no_ingredient_by_itself() -> None:
    _, store = sign(definition(), picture())
    builder = c2pa.Builder(definition(), context())
    with pytest.raises(c2pa.C2paError):
        builder.add_ingredient({"relationship": "parentOf"}, "application/c2pa", io.BytesIO(store))


@pytest.mark.corpus
def test_a_malformed_identity_spoils_the_whole_report(corpus: Path) -> None:
    file = corpus / "c2pa" / "contentauth_c2pa-rs" / "malformed_cbor.jpg"
    core = {**OFFLINE["core"], "decode_identity_assertions": True}
    found = report(file.read_bytes(), "image/jpeg", context=context(core=core))
    assert "assertion.required.missing" in failures(found)
    found = report(file.read_bytes(), "image/jpeg")
    assert failures(found) == {"signingCredential.untrusted"}


@pytest.mark.corpus
def test_old_time_stamps_are_trusted_unseen(corpus: Path) -> None:
    file = corpus / "c2pa" / "contentauth_c2pa-rs" / "CA.jpg"
    success = report(file.read_bytes(), "image/jpeg")["validation_results"]["activeManifest"]
    trusted = [item for item in success["success"] if item["code"] == "timeStamp.trusted"]
    assert [item["explanation"].split(":")[0] for item in trusted] == [
        "legacy timestamp cert trusted"
    ]


def test_unknown_settings_pass() -> None:
    context(bogus={"no": "such"})


def test_signing_again_drops_the_old_manifest() -> None:
    once, _ = sign(definition(), picture())
    twice, _ = sign(definition(), once)
    assert len(report(twice)["manifests"]) == 1


def test_numbers_in_arrays_are_mangled() -> None:
    found = active(report(sign(definition(own({"numbers": [96, 384]})), picture())[0]))
    assert found["assertions"][-1]["data"]["numbers"] == "YIA="


@pytest.mark.parametrize(
    "change", [{"when": "yesterday"}, {"digitalSourceType": "http://foo/bar"}], ids=str
)
def test_times_and_source_types_are_not_checked(change: Json) -> None:
    action = {**copy.deepcopy(CREATED), **change}
    data, _ = sign(definition(actions=[action]), picture())
    assert report(data)["validation_state"] == "Trusted"


def test_a_signers_exception_is_lost() -> None:
    def fail(_: bytes) -> bytes:
        raise RuntimeError("token gone")

    with pytest.raises(c2pa.C2paError) as caught:
        sign(definition(), picture(), signer=native(fail))
    assert "token gone" not in str(caught.value)


def test_a_signer_elsewhere_costs_nine_kilobytes() -> None:
    local = len(sign(definition(), picture())[1])
    elsewhere = len(sign(definition(), picture(), signer=native(SIGNER.sign))[1])
    assert 8_000 < elsewhere - local < 10_000


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_context_dies_in_a_forked_child() -> None:
    data, _ = sign(definition(), picture())
    setting = context()
    report(data, context=setting)
    child = os.fork()
    if child == 0:
        try:
            report(data, context=setting)
        except c2pa.C2paError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
