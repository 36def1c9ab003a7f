"""C2PA's Soft Binding Resolution API: the operations of 2.2, and the documents of 2.4."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator

from provenance import hashchain, manifest, watermark
from provenance.fetching import Fetched, Guard, is_public
from provenance.registry import InclusionProof, open_registry, read_log_key
from provenance.schemas import read_schema
from provenance.stamp_id import StampId
from tests.service.conftest import SECTION, Service, run_service

NOBODY = base64.b64encode(bytes(12)).decode()


def ask(service: Service, path: str, **params: object) -> httpx.Response:
    with service.client() as client:
        return client.get(path, params={name: str(value) for name, value in params.items()})


def read_value(stamped: httpx.Response) -> str:
    return base64.b64encode(bytes.fromhex(stamped.headers["provenance-stamp-id"])).decode()


def test_a_mark_leads_to_its_manifest(service: Service, stamped: httpx.Response) -> None:
    value = read_value(stamped)
    found = ask(service, "/v1/matches/byBinding", alg=watermark.ALG, value=value)
    with service.client() as client:
        sent = client.post("/v1/matches/byBinding", json={"alg": watermark.ALG, "value": value})
    assert found.json() == sent.json()
    (match,) = found.json()["matches"]
    store = ask(service, f"/v1/manifests/{match['manifestId']}")
    assert store.headers["content-type"] == "application/c2pa"
    assert store.content == manifest.extract(stamped.content)
    stamp_id = StampId(stamped.headers["provenance-stamp-id"])
    with open_registry("sqlite:///stamps.db", read_only=True, base=service.folder) as registry:
        assert store.content == registry.manifest_store(stamp_id)


def test_a_picture_leads_to_its_manifest(service: Service, stamped: httpx.Response) -> None:
    with service.client() as client:
        found = client.post("/v1/matches/byContent", content=stamped.content)
        limited = client.post("/v1/matches/byContent?maxResults=1", content=stamped.content)
    assert len(found.json()["matches"]) == 1
    assert limited.json() == found.json()


def test_a_hint_counts_where_a_picture_has_no_mark(
    service: Service, stamped: httpx.Response, png: bytes
) -> None:
    hint = {"hintAlg": watermark.ALG, "hintValue": read_value(stamped)}
    with service.client() as client:
        nothing = client.post("/v1/matches/byContent", content=png)
        found = client.post("/v1/matches/byContent", content=png, params=hint)
    assert nothing.json() == {"matches": []}
    assert len(found.json()["matches"]) == 1


def test_a_mark_without_a_record_has_no_match(service: Service) -> None:
    found = ask(service, "/v1/matches/byBinding", alg=watermark.ALG, value=NOBODY)
    assert (found.status_code, found.json()) == (200, {"matches": []})


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/v1/matches/byBinding", {}, 400),
        ("/v1/matches/byBinding", {"alg": watermark.ALG}, 400),
        ("/v1/matches/byBinding", {"alg": "another", "value": NOBODY}, 400),
        ("/v1/matches/byBinding", {"alg": watermark.ALG, "value": "*"}, 400),
        ("/v1/matches/byBinding", {"alg": watermark.ALG, "value": "AAAA"}, 400),
        ("/v1/matches/byBinding", {"alg": watermark.ALG, "value": NOBODY, "maxResults": 0}, 400),
        ("/v1/matches/byBinding", {"alg": watermark.ALG, "value": "A" * 2000}, 414),
        ("/v1/manifests/urn:c2pa:nobody", {}, 404),
    ],
)
def test_problems(service: Service, path: str, params: dict[str, object], status: int) -> None:
    assert ask(service, path, **params).status_code == status


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"alg": 1, "value": "x"}', b"\xff"])
def test_a_malformed_body_is_refused(service: Service, body: bytes) -> None:
    with service.client() as client:
        assert client.post("/v1/matches/byBinding", content=body).status_code == 400


def test_what_is_not_a_picture_is_refused(service: Service) -> None:
    with service.client() as client:
        answer = client.post("/v1/matches/byContent", content=b"words")
    assert answer.status_code == 415


def test_the_documents_agree(service: Service) -> None:
    found = ask(service, "/.well-known/c2pa-soft-binding-resolution").json()
    capabilities = ask(service, "/v1/services/capabilities").json()
    assert found["apiEndpoint"] == "https://verify.example.com/v1"
    assert found["c2paSpecificationVersion"] == capabilities["c2paSpecificationVersion"] == "2.4.0"
    assert capabilities["supportedCapabilities"] == ["queryByContent"]
    algorithms = ask(service, "/v1/services/supportedAlgorithms").json()
    assert algorithms == {"watermarks": [{"alg": watermark.ALG}], "fingerprints": []}
    assert ask(service, "/v1/services/status").json() == {"status": "ok"}


def test_the_signpost_says_whom_to_ask(service: Service, stamped: httpx.Response) -> None:
    """As a stranger's detector does it: 96 bits, 4 of them the version and 20 the producer."""
    signpost = ask(service, "/v1/signpost").json()
    Draft202012Validator(json.loads(read_schema("signpost"))).validate(signpost)
    first, second = signpost["mark"]["fields"][:2]
    assert (first, second["name"]) == ({"name": "version", "bits": 4}, "producer")
    payload = int(stamped.headers["provenance-stamp-id"], 16)
    after = signpost["mark"]["bits"] - first["bits"] - second["bits"]
    number = (payload >> after) % (1 << second["bits"])
    (producer,) = ask(service, "/v1/signpost", number=number).json()["producers"]
    assert producer in signpost["producers"]
    assert (producer["name"], producer["self_drawn"]) == ("Example AI", True)
    assert ask(service, "/v1/signpost", number=1).json()["producers"] == []
    assert ask(service, "/v1/signpost", number=0).status_code == 400


def test_a_receipt_proves_that_the_log_holds_a_manifest(
    service: Service, stamped: httpx.Response, png: bytes
) -> None:
    urn, other = (find_urn(service, each) for each in (stamped, stamp_again(service, png)))
    with service.client() as client:
        path = f"/v1/manifests/{urn}/receipts"
        receipt = client.get(path).json()
        assert receipt["@type"] == "org.c2pa.manifest-receipt"
        base = "https://verify.example.com/v1"
        assert receipt["repository"] == {"uri": base, "manifestId": urn}
        assert client.post(path, json=receipt).json() == receipt
        # The log grew meanwhile, and the older receipt still holds.
        assert client.get(f"/v1/manifests/{other}/receipts").json()["verified"]
        moved = client.post(f"/v1/manifests/{other}/receipts", json=receipt).json()
        assert (moved["verified"], moved["error"]) == (
            False,
            "The receipt is about another manifest.",
        )
        receipt["repository"]["manifestId"] = other
        relabelled = client.post(f"/v1/manifests/{other}/receipts", json=receipt).json()
        assert relabelled["error"] == "The entry is about another manifest."
    proof = InclusionProof.parse(base64.b64decode(receipt["anchor"]["proof"]["value"]))
    proof.verify()
    key = read_log_key(service.folder / "keys" / "log.pem").public
    proof.checkpoint.verify(key)
    forged = replace(proof, index=proof.index + 1).text.encode()
    receipt["anchor"]["proof"]["value"] = base64.b64encode(forged).decode()
    with service.client() as client:
        said = client.post(f"/v1/manifests/{other}/receipts", json=receipt).json()
    assert said["verified"] is False


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"@type": "x"}', b"\xff"])
def test_a_malformed_receipt_is_refused(
    service: Service, stamped: httpx.Response, body: bytes
) -> None:
    path = f"/v1/manifests/{find_urn(service, stamped)}/receipts"
    with service.client() as client:
        assert client.post(path, content=body).status_code == 400
        assert (
            client.post("/v1/manifests/urn:c2pa:nobody/receipts", content=body).status_code == 404
        )
        assert client.get("/v1/manifests/urn:c2pa:nobody/receipts").status_code == 404


REFERENCE = SECTION.replace("metrics = true", "fetch_addresses = true")


def test_a_reference_is_fetched_from_public_https_alone(project_folder: Path, png: bytes) -> None:
    """And only where the operator allows it."""
    with run_service(project_folder, REFERENCE) as address, httpx.Client(timeout=60) as client:

        def ask_by(**fields: object) -> int:
            return client.post(f"{address}/v1/matches/byReference", json=fields).status_code

        capabilities = client.get(f"{address}/v1/services/capabilities").json()
        assert "queryByReference" in capabilities["supportedCapabilities"]
        for named in (
            address,
            "https://127.0.0.1/a.png",
            "https://localhost/",
            "file:///etc/hosts",
        ):
            assert ask_by(referenceUrl=named, assetLength=len(png)) == 502, named
        assert ask_by(referenceUrl="https://example.com/a.png", assetLength=2**40) == 413
        assert ask_by(referenceUrl="https://example.com/a.png") == 400
        assert ask_by(referenceUrl=1, assetLength=1) == 400


def test_a_reference_leads_to_the_manifest_of_what_lies_there(
    service: Service, stamped: httpx.Response, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = stamped.content

    def fetch(address: str, max_bytes: int, guard: Guard) -> Fetched:
        assert (address, max_bytes, guard.schemes) == ("https://example.com/a", size, ("https",))
        assert guard.allows is is_public
        return Fetched(there, "image/png")

    monkeypatch.setattr("provenance.service.web.matches.fetch", fetch)
    folder = shutil.copytree(service.folder, tmp_path / "project")
    with run_service(folder, REFERENCE) as address, httpx.Client(timeout=60) as client:
        for size, status in ((len(there), 200), (len(there) + 1, 502)):
            said = {"referenceUrl": "https://example.com/a", "assetLength": size}
            found = client.post(f"{address}/v1/matches/byReference", json=said)
            assert found.status_code == status
            if status == 200:
                (match,) = found.json()["matches"]
                assert match["manifestId"] == find_urn(service, stamped)


def find_urn(service: Service, stamped: httpx.Response) -> str:
    found = ask(service, "/v1/matches/byBinding", alg=watermark.ALG, value=read_value(stamped))
    (match,) = found.json()["matches"]
    return str(match["manifestId"])


def stamp_again(service: Service, png: bytes) -> httpx.Response:
    with service.client("stamp") as client:
        return client.post("/v1/stamp", params={"model": "example"}, content=png)


def test_every_look_up_is_written_down_first(service: Service, stamped: httpx.Response) -> None:
    stamp_id = stamped.headers["provenance-stamp-id"]
    ask(service, f"/v1/responses/{stamp_id}")
    ask(service, "/v1/matches/byBinding", alg=watermark.ALG, value=read_value(stamped))
    entries, _ = hashchain.verify((service.folder / "access.jsonl").read_bytes().splitlines())
    found = {(each["action"], each["subject"]) for each in entries}
    assert {("response", stamp_id), ("match", stamp_id)} <= found
    assert "127.0.0.1" not in json.dumps(entries)
