"""C2PA's Soft Binding Resolution API: the operations of 2.2, and the documents of 2.4."""

from __future__ import annotations

import base64
import json

import httpx
import pytest

from provenance import hashchain, manifest, watermark
from provenance.registry import open_registry
from provenance.stamp_id import StampId
from tests.service.conftest import Service

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


def test_every_look_up_is_written_down_first(service: Service, stamped: httpx.Response) -> None:
    stamp_id = stamped.headers["provenance-stamp-id"]
    ask(service, f"/v1/responses/{stamp_id}")
    ask(service, "/v1/matches/byBinding", alg=watermark.ALG, value=read_value(stamped))
    entries, _ = hashchain.verify((service.folder / "access.jsonl").read_bytes().splitlines())
    found = {(each["action"], each["subject"]) for each in entries}
    assert {("response", stamp_id), ("match", stamp_id)} <= found
    assert "127.0.0.1" not in json.dumps(entries)
