"""The story of a mirror: a producer publishes, and a platform asks its own copy, offline.

Each organisation has a folder of its own. What passes between them: the published files by HTTP on
loopback, the producer's directory file, which binds the log's key, the witness's key, and the
picture.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provenance import config as configs
from provenance import imaging
from provenance.cli.main import run
from provenance.config import Config
from provenance.registry import Checkpoint, VerifierKey, open_registry, read_log_key
from provenance.signers import LogKey
from provenance.verify import State, Verdict
from provenance.verify import Verifier as PlainVerifier
from tests.integration.organisations import Provider, set_up_verifier
from tests.integration.studio import Pixels, codes, jpeg

WITNESS = "witness.example/one"


class Quiet(SimpleHTTPRequestHandler):
    """Any web server of files."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing."""


@dataclass
class Platform:
    """Whoever verifies uploads: a folder with a config, a mirror and the producer's directory."""

    folder: Path

    @property
    def config(self) -> Config:
        return configs.load(self.folder / "provenance.toml")

    def sync(self) -> int:
        return run(["registry", "mirror", "--config", str(self.folder / "provenance.toml")])

    def verify(self, picture: bytes) -> Verdict:
        return self.config.verifier().verify(picture)


@dataclass
class Producer:
    """A provider that publishes its registry, and the witness that it asks each time."""

    provider: Provider
    outside: Path

    def registry(self, *arguments: object) -> None:
        config = str(self.provider.folder / "provenance.toml")
        assert run(["registry", *map(str, arguments), "--config", config]) == 0

    @property
    def key(self) -> VerifierKey:
        config = self.provider.config
        assert config.registry is not None
        assert config.registry.log_key is not None
        with config.open_registry(read_only=True) as registry:
            return VerifierKey(registry.origin, read_log_key(config.registry.log_key).public)

    @property
    def witness(self) -> str:
        public = read_log_key(self.outside / "witness.pem").public
        return VerifierKey(WITNESS, public, b"\x04").text

    def publish(self) -> None:
        cosigned, request = self.outside / "cosigned", self.outside / "request"
        request.unlink(missing_ok=True)
        self.registry("prove", "--since", cosigned if cosigned.exists() else "none", "-o", request)
        asked = ["--name", WITNESS, "--key", str(self.outside / "witness.pem")]
        asked += ["--state", str(self.outside / "state"), "--log-key", self.key.text]
        assert run(["registry", "witness", str(request), "-o", str(cosigned), *asked]) == 0
        self.registry("export", self.outside / "public", "--checkpoint", cosigned)


@pytest.fixture
def producer(tmp_path: Path) -> Producer:
    outside = tmp_path / "web"
    outside.mkdir()
    (outside / "witness.pem").write_bytes(LogKey.generate().to_pem())
    return Producer(Provider.found(tmp_path / "producer", "Ada Images"), outside)


@pytest.fixture
def address(producer: Producer) -> Iterator[str]:
    (producer.outside / "public").mkdir()
    handler = partial(Quiet, directory=str(producer.outside / "public"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def platform(tmp_path: Path, producer: Producer, address: str) -> Platform:
    folder = tmp_path / "platform"
    set_up_verifier(folder)
    shutil.copy(producer.provider.directory, folder / "ada.json")
    file = folder / "provenance.toml"
    file.write_text(
        f'[registry]\nuri = "mirror:copy"\nmirror_from = "{address}"\n'
        f'checkpoint = "seen.json"\n'
        f'[trust]\nwitnesses = ["{producer.witness}"]\n'
        '[directory]\nfiles = ["ada.json"]\n'
    )
    return Platform(folder)


def test_a_platform_asks_its_own_copy(
    producer: Producer, platform: Platform, photographs: Mapping[str, Pixels], tmp_path: Path
) -> None:
    stamped = producer.provider.stamp(photographs["coffee"])
    stripped = jpeg(imaging.decode(stamped.data).rgb)
    # Before anything is published, the mark alone proves nothing, and the missing copy is said.
    early = platform.verify(stripped)
    assert early.state is State.CLAIMED
    assert "registry.unavailable" in codes(early)
    # The producer publishes, the platform copies: its copy proves the origin, offline.
    producer.publish()
    assert platform.sync() == 0
    away = tmp_path / "away"
    (producer.provider.folder).rename(away)
    verdict = platform.verify(stripped)
    away.rename(producer.provider.folder)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.stamp_id) == (
        "Ada Images",
        stamped.record.stamp_id,
    )
    assert "registry.mirror" in codes(verdict)
    assert "registry.stale" not in codes(verdict)
    fresh = verdict.to_json_dict()["freshness"]["registry"]
    assert fresh["source"].startswith("http://127.0.0.1:")
    assert (fresh["stale"], fresh["witnesses"]) == (False, 1)
    known = verdict.to_json_dict()["freshness"]
    assert (known["revocation"], known["revocation_as_of"]) == ("mirror", fresh["synced"])
    assert [each["witness"] for each in fresh["cosigned"]] == [WITNESS]
    assert f"1 of 1: {WITNESS}" in verdict.explain()
    # A revocation is known to the producer at once, and to the platform after the next copy.
    with producer.provider.config.open_registry() as registry:
        registry.revoke(stamped.record.stamp_id, "made by mistake")
    producer.publish()
    assert platform.verify(stripped).state is State.ATTRIBUTED
    assert platform.sync() == 0
    later = platform.verify(stripped)
    assert later.state is State.CLAIMED
    assert "made by mistake" in later.explain()
    audit = ["registry", "audit", "--config", str(platform.folder / "provenance.toml")]
    assert run([*audit, "--log-key", producer.key.text]) == run(audit) == 0
    # Nothing personal was published or copied.
    with open_registry(f"mirror:{platform.folder}/copy") as copy:
        assert copy.accounts.accesses() == []
        assert copy.audit().ok


def test_an_old_copy_is_said_to_be_old(
    producer: Producer, platform: Platform, photographs: Mapping[str, Pixels]
) -> None:
    stamped = producer.provider.stamp(photographs["coffee"])
    producer.publish()
    assert platform.sync() == 0
    config = platform.config
    later = PlainVerifier(
        registry=config.open_registry(read_only=True),
        trust=config.load_trust(),
        directory=config.load_directory(),
        clock=lambda: datetime.now(UTC) + timedelta(hours=25),
    ).verify(stamped.data)
    assert later.state is State.ATTRIBUTED
    assert "registry.stale" in codes(later)
    assert "a copy that is out of date" in later.explain()
    assert later.to_json_dict()["freshness"]["registry"]["stale"]


def test_a_source_that_is_set_back_is_not_followed(
    producer: Producer, platform: Platform, photographs: Mapping[str, Pixels]
) -> None:
    """The platform keeps what it has, and its verdicts stay; the command says what happened."""
    backup = producer.outside / "backup"
    producer.provider.stamp(photographs["chelsea"])
    producer.publish()
    shutil.copytree(producer.outside / "public", backup)
    stamped = producer.provider.stamp(photographs["coffee"])
    stripped = jpeg(imaging.decode(stamped.data).rgb)
    producer.publish()
    assert platform.sync() == 0
    shutil.rmtree(producer.outside / "public")
    backup.rename(producer.outside / "public")
    assert platform.sync() == 4
    assert platform.verify(stripped).state is State.ATTRIBUTED
    with open_registry(f"mirror:{platform.folder}/copy") as copy:
        assert isinstance(copy.checkpoint(), Checkpoint)
        assert copy.size == 2
