"""Proofs as files, checked alone by others; and a witness that refuses a forked log."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provenance.config import load
from provenance.registry import Checkpoint, InclusionProof, VerifierKey
from provenance.signers import LogKey
from tests.unit.registry.records import record

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Done


@dataclass
class Producer:
    """A producer's project, and the folder outside in which others keep what they were given."""

    config: Path
    outside: Path
    command: Command

    def add(self, start: int, count: int) -> None:
        with load(self.config).open_registry() as registry:
            for number in range(start, start + count):
                registry.append(record(number), b"store")

    def run(self, *arguments: object) -> Done:
        return self.command("registry", *arguments, "--config", self.config)

    @property
    def key(self) -> str:
        return self.run("key").out.strip()

    def prove(self, *arguments: object, to: str = "proof") -> Path:
        file = self.outside / to
        file.unlink(missing_ok=True)
        done = self.run("prove", *arguments, "-o", file)
        assert done.status == 0, done.err
        return file


@pytest.fixture(scope="module")
def empty_studio(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """A project of this module's own: nothing was ever stamped in it."""
    folder = tmp_path_factory.mktemp("empty_studio") / "project"
    done = command("init", folder, "--producer", "Example AI")
    assert done.status == 0, done.err
    return folder


@pytest.fixture
def producer(empty_studio: Path, tmp_path: Path, command: Command) -> Producer:
    own = Path(shutil.copytree(empty_studio, tmp_path / "own")) / "provenance.toml"
    outside = tmp_path / "outside"
    outside.mkdir()
    made = Producer(own, outside, command)
    made.add(0, 5)
    return made


@pytest.fixture
def witness_key(tmp_path: Path) -> Path:
    file = tmp_path / "witness.pem"
    file.write_bytes(LogKey.generate().to_pem())
    return file


def test_a_proof_is_checked_without_registry_or_config(
    producer: Producer, command: Command, tmp_path: Path
) -> None:
    proof = producer.prove(record(3).stamp_id.upper())
    key = producer.key
    shutil.rmtree(producer.config.parent)
    store = tmp_path / "store.c2pa"
    store.write_bytes(b"store")
    check = ("registry", "check-proof", proof, "--log-key", key)
    done = command(*check, "--manifest", store)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Proved.\n")
    assert record(3).stamp_id in done.out
    shown = json.loads(command(*check, "--json").out)
    assert (shown["ok"], shown["index"], shown["size"]) == (True, 3, 5)
    assert shown["entry"]["sha256"] == record(3).sha256
    store.write_bytes(b"another")
    done = command(*check, "--manifest", store)
    assert done.status == 4
    assert "not the one that the proved record names" in done.out


def test_the_file_is_a_tlog_proof(producer: Producer) -> None:
    """By C2SP: these lines in this order, and the checkpoint verbatim after an empty one."""
    text = producer.prove(record(3).stamp_id).read_text()
    head, _, note = text.partition("\n\n")
    first, extra, index, *hashes = head.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    assert extra.startswith("extra ")
    assert index == "index 3"
    assert len(hashes) == 3
    with load(producer.config).open_registry(read_only=True) as registry:
        assert note == registry.checkpoint().text


def test_a_proof_without_a_key_at_hand_proves_nothing(producer: Producer, command: Command) -> None:
    proof = producer.prove(record(3).stamp_id)
    done = command("registry", "check-proof", proof)
    assert done.status == 1
    assert "by a key that is at hand" in done.out
    assert producer.run("check-proof", proof).status == 0  # whose own log it is


@pytest.mark.parametrize("line", ["extra", "index", "hash", "root", "signature"])
def test_a_doctored_proof_is_refused(producer: Producer, command: Command, line: str) -> None:
    proof = producer.prove(record(3).stamp_id)
    parsed = InclusionProof.parse(proof.read_bytes())
    text = proof.read_text()
    lines = text.split("\n")
    swaps = {
        "extra": (
            lines[1],
            producer.prove(record(2).stamp_id, to="other").read_text().split("\n")[1],
        ),
        "index": ("index 3", "index 2"),
        "hash": (lines[3], lines[4]),
        "root": (parsed.checkpoint.body.split("\n")[2], "A" * 43 + "="),
        "signature": (lines[-2][-8:-3], "AAAAA"),
    }
    proof.write_text(text.replace(*swaps[line]))
    done = command("registry", "check-proof", proof, "--log-key", producer.key)
    assert done.status == 4
    assert done.out.startswith("This proves nothing. ")
    key = VerifierKey(parsed.checkpoint.origin, LogKey.generate().public).text
    proof.write_text(text)
    assert command("registry", "check-proof", proof, "--log-key", key).status == 4


def test_a_revocation_is_proved_as_well(producer: Producer) -> None:
    assert producer.run("prove", record(3).stamp_id, "--revocation", "-o", "x").status == 1
    producer.run("revoke", record(3).stamp_id, "--reason", "by mistake")
    proof = producer.prove(record(3).stamp_id, "--revocation")
    done = producer.run("check-proof", proof)
    assert done.status == 0
    assert "by mistake" in done.out
    assert "holds this as entry 6" in done.out  # counted from one, as responses count it


def test_a_file_that_is_no_proof_is_said_to_be_none(producer: Producer) -> None:
    file = producer.outside / "x"
    for content in (b"", b"old 1", b"c2sp.org/tlog-proof@v1\nindex 1\n\n", b"\xff" * 9):
        file.write_bytes(content)
        producer.run("check-proof", file).failed_with(2, "config")
    producer.run("prove", "f" * 24, "-o", file).failed_with(1, "registry.not_found")
    producer.run("prove", "-o", file).failed_with(2, "usage")


def test_a_proof_is_said_to_be_written_and_replaces_nothing_unasked(producer: Producer) -> None:
    stamp, file = record(3).stamp_id, producer.outside / "proof"
    prove = ("prove", stamp, "--output", file)
    said = f"Wrote {file}: shows that the log holds stamp {stamp}\n"
    assert producer.run(*prove).out == said
    again = producer.run(*prove)
    again.failed_with(2, "output.exists")
    assert "--force" in again.err
    assert producer.run(*prove, "--force").out == said


def test_a_witness_cosigns_a_log_that_grows(
    producer: Producer, command: Command, witness_key: Path, tmp_path: Path
) -> None:
    cosigned = tmp_path / "cosigned"
    witness = ("witness", "--name", "example.org/w", "--key", witness_key)
    options = ("--state", tmp_path / "state", "--log-key", producer.key, "-o", cosigned)
    done = command("registry", *witness, *options, producer.prove("--since", "none"))
    assert done.status == 0, done.err
    public = done.out.split("witness key")[1].strip()
    first = cosigned.read_bytes()
    proof = producer.prove(record(3).stamp_id, "--checkpoint", cosigned)
    check = ("check-proof", proof, "--log-key", producer.key, "--witness", public)
    done = command("registry", *check)
    assert done.status == 0
    assert "1 of the 1 that count" in done.out
    assert json.loads(command("registry", *check, "--json").out)["cosigned"][0]["witness"] == (
        "example.org/w"
    )
    stranger = VerifierKey.of_witness(public)
    producer.add(5, 4)
    grown = producer.prove("--since", cosigned)
    assert command("registry", *witness, *options, grown).status == 0
    assert Checkpoint.parse(cosigned.read_bytes()).size == 9
    done = producer.run("check-proof", grown, "--since", cosigned)
    assert done.status == 4  # that one is newer than the proof's beginning
    kept = tmp_path / "first"
    kept.write_bytes(first)
    assert producer.run("check-proof", grown, "--since", kept).status == 0
    assert producer.run("audit", "--checkpoint", kept, "--checkpoint", cosigned).status == 0
    assert stranger.name == "example.org/w"
    producer.add(9, 1)
    late = producer.run("prove", record(9).stamp_id, "--checkpoint", cosigned, "-o", tmp_path / "l")
    assert late.status == 3
    assert "no record number 9" in late.error_line


def test_a_witness_refuses_a_fork_a_rollback_and_a_stranger(
    producer: Producer, command: Command, witness_key: Path, tmp_path: Path
) -> None:
    backup = Path(shutil.copytree(producer.config.parent, tmp_path / "backup")) / "provenance.toml"
    fork = Producer(backup, producer.outside, command)
    cosigned = tmp_path / "cosigned"
    witness = ("witness", "--name", "example.org/w", "--key", witness_key, "--state")
    options = (tmp_path / "state", "--log-key", producer.key, "-o", cosigned)
    producer.add(5, 2)
    assert command("registry", *witness, *options, producer.prove("--since", "none")).status == 0
    kept = cosigned.read_bytes()
    fork.add(7, 3)  # another history, by the same key
    asked = [
        fork.prove("--since", "none", to="whole"),  # as if the witness had never seen it
        fork.prove("--since", _checkpoint(fork, 5, tmp_path), to="fork"),
    ]
    forged = tmp_path / "forged"
    text = asked[1].read_text()
    forged.write_text(text.replace("old 5", "old 7", 1))
    for request in (*asked, forged):
        done = command("registry", *witness, *options, request)
        assert done.status == 4, request
        assert "Not cosigned." in done.error_line
        assert cosigned.read_bytes() == kept
    other = VerifierKey(producer.key.partition("+")[0], LogKey.generate().public).text
    done = command(
        "registry", *witness, tmp_path / "state", "--log-key", other, "-o", cosigned, asked[0]
    )
    assert done.status == 4
    assert "not signed by the log's key" in done.error_line


def _checkpoint(producer: Producer, size: int, folder: Path) -> Path:
    """Write the checkpoint that the log had at a size."""
    from provenance.registry.log import root
    from provenance.registry.sql import tree

    with load(producer.config).open_registry() as registry:
        with registry._database.reading() as db:  # type: ignore[attr-defined]
            found = root(size, tree.make_node_reader(db))
        file = folder / f"at-{size}"
        file.write_text(Checkpoint(registry.origin, size, found).text)
    return file


def test_a_name_that_no_witness_can_have_is_refused(
    producer: Producer, command: Command, witness_key: Path, tmp_path: Path
) -> None:
    request = producer.prove("--since", "none")
    for name in ("", "a b", "a+b", "x" * 600):
        done = command(
            "registry", "witness", request, "--name", name, "--key", witness_key, "-o", "x",
            "--state", tmp_path / "state", "--log-key", producer.key,
        )  # fmt: skip
        done.failed_with(2, "config")
    assert not (tmp_path / "state").exists()
