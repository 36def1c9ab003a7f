"""Asking: the 96 bits of a mark go to the producer's service, and its answer proves the origin."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from PIL import Image

from provenance.cli import own_entry, project
from provenance.config import load
from provenance.directory import export
from provenance.registry import open_registry
from provenance.service import ApiKeys, Scope
from provenance.signers import open_signer
from provenance.stamp_id import StampId
from tests.cli.conftest import run_here
from tests.service.conftest import SECTION, run_service


@dataclass(frozen=True)
class Asking:
    """A producer's project with its service, and a verifier's, with the producer's entry."""

    producer: Path
    verifier: Path
    address: str
    stamp_id: StampId
    stripped: Path


@pytest.fixture(scope="module")
def asking(blank: Path, png: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    home = tmp_path_factory.mktemp("asking")
    producer = shutil.copytree(blank, home / "producer")
    key = ApiKeys(producer / "keys" / "api.jsonl").grant("me", [Scope.STAMP])
    with run_service(producer, SECTION) as address:
        headers = {"Authorization": f"Bearer {key}"}
        stamped = httpx.post(
            f"{address}/v1/stamp?model=example", content=png, headers=headers, timeout=120
        )
        stamp_id = StampId(stamped.headers["provenance-stamp-id"])
        verifier = home / "verifier"
        assert run_here("init", verifier, "--verifier").status == 0
        config = producer / "provenance.toml"
        entry = verifier / "producer.json"
        done = run_here(
            "directory", "export", "-o", entry, "--endpoint", address, "--config", config
        )
        assert done.status == 0, done.err
        with Image.open(io.BytesIO(stamped.content)) as image:
            image.convert("RGB").save(verifier / "stripped.png")
        set_directory(verifier, ask_private=True)
        yield Asking(producer, verifier, address, stamp_id, verifier / "stripped.png")


def set_directory(
    verifier: Path, files: Sequence[str] = ("producer.json",), **settings: object
) -> None:
    config = verifier / "provenance.toml"
    head, _, tail = config.read_text("utf-8").partition("[directory]")
    tail = tail[tail.index("\n[") if "\n[" in tail else len(tail) :]
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    config.write_text(f"{head}[directory]\nfiles = {json.dumps(files)}\n{lines}{tail}", "utf-8")


def verify(asking: Asking, *options: str) -> dict[str, object]:
    config = asking.verifier / "provenance.toml"
    done = run_here("verify", asking.stripped, "--json", "--config", config, *options)
    verdict: dict[str, object] = json.loads(done.out)
    return verdict


def list_codes(verdict: dict[str, object]) -> set[str]:
    findings = verdict["evidence"]
    assert isinstance(findings, list)
    return {code for each in findings for code in each["codes"]}


def test_nobody_is_asked_unless_that_is_wanted(asking: Asking) -> None:
    set_directory(asking.verifier, ask_private=True)
    before = (asking.producer / "access.jsonl").read_bytes()
    verdict = verify(asking)
    assert verdict["state"] == "claimed"
    assert not {code for code in list_codes(verdict) if code.startswith("response")}
    assert (asking.producer / "access.jsonl").read_bytes() == before


def test_the_answer_proves_the_origin(asking: Asking) -> None:
    set_directory(asking.verifier, ask_private=True)
    verdict = verify(asking, "--ask")
    assert verdict["state"] == "attributed"
    assert {"response.asked", "response.found"} <= list_codes(verdict)
    origin = verdict["origin"]
    assert isinstance(origin, dict)
    assert origin["stamp_id"] == asking.stamp_id
    (finding,) = (
        each
        for each in verdict["evidence"]  # type: ignore[attr-defined]
        if "response.asked" in each["codes"]
    )
    assert asking.address in finding["finding"]
    last = json.loads((asking.producer / "access.jsonl").read_bytes().splitlines()[-1])
    assert (last["action"], last["subject"]) == ("response", asking.stamp_id)


def test_the_config_can_want_it(asking: Asking) -> None:
    set_directory(asking.verifier, ask_private=True, ask=True)
    assert verify(asking)["state"] == "attributed"


def test_an_answer_is_kept_and_asked_for_again_when_it_is_old(asking: Asking) -> None:
    set_directory(asking.verifier, ask_private=True, ask=True, ask_cache="answers")
    assert "response.asked" in list_codes(verify(asking))
    (answer,) = (asking.verifier / "answers").glob(f"{asking.stamp_id}.*.json")
    kept = verify(asking)
    assert kept["state"] == "attributed"
    assert "response.kept" in list_codes(kept)
    answer.write_text("damaged")
    assert "response.asked" in list_codes(verify(asking))


def test_a_private_network_is_not_asked_by_itself(asking: Asking) -> None:
    set_directory(asking.verifier, ask=True)
    verdict = verify(asking)
    assert verdict["state"] == "claimed"
    assert "response.no_answer" in list_codes(verdict)


def test_what_was_revoked_meanwhile_is_learnt(asking: Asking) -> None:
    set_directory(asking.verifier, ask_private=True, ask=True)
    with open_registry(
        "sqlite:///stamps.db", asking.producer / "keys" / "log.pem", base=asking.producer
    ) as registry:
        registry.revoke(asking.stamp_id, "made by mistake")
    verdict = verify(asking)
    assert verdict["state"] == "claimed"
    assert "response.revoked" in list_codes(verdict)


def test_a_stranger_that_answers_proves_nothing(asking: Asking, tmp_path: Path) -> None:
    """Somebody else claims the number, in an entry of their own with an endpoint of their own."""
    rival = project.create(tmp_path / "rival", "Rival AI")
    number = load(asking.producer / "provenance.toml").producer
    assert number is not None
    rival.write_text(
        re.sub(r"(?m)^number = \d+", f"number = {number.number}", rival.read_text("utf-8")), "utf-8"
    )
    with run_service(rival.parent, SECTION) as address:
        entry = own_entry.find(load(rival))
        signer = open_signer(
            "file:keys/authority-key.pem", Path("keys/authority.pem"), folder=rival.parent
        )
        theirs = export([replace(entry, endpoint=address)], signer, datetime.now(UTC))
        (asking.verifier / "rival.json").write_bytes(theirs)
        set_directory(asking.verifier, ["rival.json"], ask_private=True, ask=True)
        verdict = verify(asking)
    assert verdict["origin"] is None
    assert verdict["state"] == "claimed"
    assert "response.none" in list_codes(verdict)  # the rival knows of no such stamp


def test_to_ask_needs_a_directory(asking: Asking, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    shutil.copy(asking.stripped, picture)
    assert run_here("init", tmp_path / "v", "--verifier").status == 0
    config = tmp_path / "v" / "provenance.toml"
    done = run_here("verify", picture, "--ask", "--config", config)
    done.failed_with(2, "config")


def test_an_endpoint_is_an_address(asking: Asking, tmp_path: Path) -> None:
    config = asking.producer / "provenance.toml"
    for wrong in ("example.com", "ftp://example.com", "https://example.com/?a=b", "https://"):
        done = run_here(
            "directory",
            "export",
            "-o",
            tmp_path / "d.json",
            "--endpoint",
            wrong,
            "--config",
            config,
        )
        done.failed_with(2, "directory")
