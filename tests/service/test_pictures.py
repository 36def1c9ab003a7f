"""Verify, stamp and trace over HTTP: the same answers as on the command line."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator

from provenance import hashchain
from provenance.config import load
from provenance.envelope import unseal
from provenance.errors import ProvenanceError
from provenance.schemas import read_schema
from provenance.service.web.problems import find_status
from provenance.verify import RESULT_TYPE
from tests.service.conftest import Service


def post(client: httpx.Client, path: str, data: bytes, **params: str) -> httpx.Response:
    return client.post(path, params=params, content=data)


def test_a_verdict_is_that_of_the_command_line(
    service: Service, stamped: httpx.Response, tmp_path: Path
) -> None:
    with service.client() as client:
        answer = post(client, "/v1/verify", stamped.content)
    assert answer.status_code == 200
    copy = shutil.copytree(service.folder, tmp_path / "copy")
    (copy / "checkpoint.json").unlink()  # the log as it was met proves the time to who comes later
    own = load(copy / "provenance.toml").verifier().verify(stamped.content)
    found, expected = answer.json(), json.loads(json.dumps(own.to_json_dict()))
    for each in (found, expected):
        each.pop("freshness")  # it tells when
    assert found == expected
    assert found["state"] == "attributed"
    assert found["input"] is None


def test_a_form_and_a_body_are_the_same(service: Service, stamped: httpx.Response) -> None:
    with service.client() as client:
        form = client.post("/v1/verify", files={"file": ("name.png", stamped.content)})
        body = post(client, "/v1/verify", stamped.content)
    assert form.json()["state"] == body.json()["state"] == "attributed"
    assert form.json()["sha256"] == hashlib.sha256(stamped.content).hexdigest()


def test_a_stamp_tells_its_record(service: Service, stamped: httpx.Response) -> None:
    assert stamped.headers["content-type"] == "image/png"
    assert stamped.headers["provenance-marked"] == "true"
    assert stamped.headers["provenance-sha256"] == hashlib.sha256(stamped.content).hexdigest()


def test_a_repeated_stamp_is_one_stamp(service: Service, png: bytes) -> None:
    headers = {"Idempotency-Key": "order 17"}
    with service.client("stamp", headers=headers) as client, ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: post(client, "/v1/stamp", png, model="example"), range(4))
        )
        other = post(client, "/v1/stamp", png, model="another")
    assert [each.status_code for each in answers] == [200] * 4
    assert len({each.content for each in answers}) == 1
    assert (other.status_code, other.json()["code"]) == (409, "stamp.claimed")
    with service.client("all", headers=headers) as client:
        foreign = post(client, "/v1/stamp", png, model="example")
    assert foreign.headers["provenance-stamp-id"] != answers[0].headers["provenance-stamp-id"]


def test_a_result_is_signed(service: Service, stamped: httpx.Response) -> None:
    with service.client() as client:
        answer = post(client, "/v1/results", stamped.content)
    Draft202012Validator(json.loads(read_schema("result"))).validate(answer.json())
    result = unseal(answer.content, RESULT_TYPE)
    assert result.holds
    assert result.payload["sha256"] == hashlib.sha256(stamped.content).hexdigest()
    assert result.payload["detector"] == "https://verify.example.com"
    assert json.loads(result.payload["verdict"])["state"] == "attributed"


def test_a_case_comes_as_a_folder_and_is_written_down_first(
    service: Service, stamped: httpx.Response
) -> None:
    with service.client("trace") as client:
        answer = post(client, "/v1/trace", stamped.content, case="2026-17")
        refused = post(client, "/v1/trace", stamped.content, case="2026-17", purpose="curious")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        assert {"report.json", "custody.jsonl", "SHA256SUMS.sig"} <= set(folder.namelist())
        assert json.loads(folder.read("report.json"))
    assert (refused.status_code, refused.json()["code"]) == (403, "service.forbidden")
    lines = (service.folder / "access.jsonl").read_bytes().splitlines()
    entries, _ = hashchain.verify(lines)
    assert [each["subject"] for each in entries if each["action"] == "trace"] == ["2026-17"]


@pytest.mark.parametrize(
    ("path", "data", "status", "code"),
    [
        ("/v1/verify", b"nothing that anybody knows", 415, "input.unsupported"),
        ("/v1/verify", b"", 400, "service.request"),
        ("/v1/verify", b"\x89PNG\r\n\x1a\n damaged", 422, "input.corrupt"),
        ("/v1/stamp?model=example", b"\x89PNG\r\n\x1a\n damaged", 422, "input.corrupt"),
        ("/v1/stamp", b"\x89PNG\r\n\x1a\n", 400, "service.request"),
        ("/v1/stamp?model=m&created=yesterday", b"\x89PNG\r\n\x1a\n", 400, "service.request"),
        ("/v1/trace?case=%20", b"\x89PNG\r\n\x1a\n", 400, "service.request"),
        ("/v1/nothing", b"x", 404, "service.not_offered"),
        ("/v1/services/status", b"x", 405, "service.method"),
    ],
)
def test_problems(service: Service, path: str, data: bytes, status: int, code: str) -> None:
    with service.client("all") as client:
        answer = client.post(path, content=data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"].endswith(".")


def list_errors(kind: type[ProvenanceError]) -> list[type[ProvenanceError]]:
    found = [below for each in kind.__subclasses__() for below in list_errors(each)]
    return [kind, *found]


def test_a_misspelt_parameter_of_a_stamp_is_refused(service: Service, png: bytes) -> None:
    """A record without its model's version could not be put right any more."""
    with service.client("stamp") as client:
        answer = client.post("/v1/stamp?model=m&modle_version=3", content=png)
    assert (answer.status_code, answer.json()["code"]) == (400, "service.request")
    assert "modle_version" in answer.json()["detail"]


def test_every_error_has_a_status() -> None:
    """What a caller can cause is not 500; that is left to what the operator has to mend."""
    by_status = {
        each.code: find_status(each("It is so.", 1) if each.code == "service.rate" else each("x"))
        for each in list_errors(ProvenanceError)
        if each.code not in ("stamp.lossy", "stamp.loss")
    }
    mine = {code for code, status in by_status.items() if status == 500}
    assert not any(code.startswith(("input", "stamp", "service.")) for code in mine), mine
