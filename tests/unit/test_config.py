"""provenance.toml: strict about what it holds, relative to where it lies."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance import config
from provenance.certificates import to_pem
from provenance.errors import ConfigError, RegistryUnavailableError
from provenance.limits import DEFAULT_LIMITS
from provenance.registry import open_registry
from tests.authority import KEYS, Authority, key_pem

Write = Callable[[str], Path]

FULL = """
[producer]
name = "Example AI"
number = 600000

[signing]
signer = "file:keys/signer.pem"
chain = "keys/chain.pem"
tsa_policy = "off"

[registry]
uri = "sqlite:///stamps.db"
log_key = "keys/log.pem"
checkpoint = "checkpoint.json"

[trust]
anchors = ["keys/authority.pem"]
tsa_anchors = []
ekus = ["1.3.6.1.4.1.62558.2.1"]
revoked = ["revoked.txt"]

[directory]
files = ["directory.json"]
strict_models = true

[watermark]
key_files = ["keys/mark.key"]
lock_key = "keys/lock.key"

[trace]
examiner_key = "keys/examiner.pem"

[limits]
max_pixels = 1000000
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        file = tmp_path / "provenance.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_every_documented_key_is_read(write: Write, tmp_path: Path) -> None:
    read = config.load(write(FULL))
    assert read.producer is not None
    assert (read.producer.name, read.producer.number) == ("Example AI", 600000)
    assert read.signing is not None
    assert read.signing.signer == "file:keys/signer.pem"
    assert read.signing.chain == tmp_path / "keys" / "chain.pem"
    assert read.registry is not None
    assert read.registry.log_key == tmp_path / "keys" / "log.pem"
    assert read.trust.anchors == (tmp_path / "keys" / "authority.pem",)
    assert read.trust.ekus == ("1.3.6.1.4.1.62558.2.1",)
    assert read.directory.files == (tmp_path / "directory.json",)
    assert read.directory.strict_models
    assert read.watermark.key_files == (tmp_path / "keys" / "mark.key",)
    assert read.watermark.lock_key == tmp_path / "keys" / "lock.key"
    assert read.trace.examiner_key == tmp_path / "keys" / "examiner.pem"
    assert read.limits.max_pixels == 1000000
    assert read.limits.max_bytes == DEFAULT_LIMITS.max_bytes


def test_an_empty_file_is_a_config(write: Write) -> None:
    read = config.load(write(""))
    assert read.producer is None
    assert read.trust.anchors == ()
    assert read.limits == DEFAULT_LIMITS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[producr]\nname = 'x'", "producr is not a section"),
        ("[trust]\nanchor = []", "anchor is not a key of \\[trust\\]; use one of anchors"),
        ("producer = 3", "producer must be a section"),
        ("[producer]\nname = 'x'", "producer.number is missing"),
        ("[producer]\nname = 'x'\nnumber = true", "producer.number is True"),
        ("[producer]\nname = 'x'\nnumber = -1", "a whole number above 0"),
        ("[producer]\nname = ''\nnumber = 1", "it must be text"),
        ("[trust]\nanchors = 'a.pem'", "a list of paths"),
        ("[directory]\nstrict_models = 1", "true or false"),
        ("[signing]\nsigner = 'file:x'\ntsa_policy = 'maybe'", "required, best-effort, off"),
        ("[signing]\nsigner = 'file:x'\ntsa_policy = 'required'", "set signing.tsa"),
        ("[limits]\nmax_pixels = 0", "limits.max_pixels is 0"),
        ("path = 'x'", "path is not a section"),
        ("[producer", "is not TOML"),
    ],
)
def test_mistakes_are_named(text: str, said: str, write: Write) -> None:
    file = write(text)
    with pytest.raises(ConfigError, match=said) as caught:
        config.load(file)
    assert str(file) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml can't be read"):
        config.load(tmp_path / "absent.toml")


def test_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "provenance.toml"
    file.write_bytes(b"\xff\xfe[producer]")
    with pytest.raises(ConfigError, match="is not TOML"):
        config.load(file)


def test_a_stamper_needs_its_sections(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"no section \[producer\]"):
        config.load(write("")).stamper()


def test_a_verifier_needs_nothing(write: Write) -> None:
    config.load(write("")).verifier()


def test_purposes_from_a_file_beside_the_config(write: Write, tmp_path: Path) -> None:
    (tmp_path / "ekus.cfg").write_text("1.3.6.1.5.5.7.3.36\n")
    read = config.load(write("[trust]\nekus = ['ekus.cfg', '1.3.6.1.5.5.7.3.4']"))
    assert read.load_trust().ekus == ("1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4")
    misspelt = config.load(write("[trust]\nekus = ['1.3.6.x']"))
    with pytest.raises(ConfigError, match="neither an object identifier"):
        misspelt.load_trust()


def test_a_registry_to_read_is_not_made(write: Write, tmp_path: Path) -> None:
    read = config.load(write("[registry]\nuri = 'sqlite:///stamps.db'"))
    with pytest.raises(RegistryUnavailableError):
        read.open_registry()
    read.verifier()
    assert not (tmp_path / "stamps.db").exists()
    read.open_registry(create=True).close()
    assert (tmp_path / "stamps.db").exists()
    read.verifier(registry=False)


@pytest.mark.parametrize("content", [bytes(range(32)), bytes(range(32)).hex().encode() + b"\n"])
def test_keys(content: bytes, write: Write, tmp_path: Path) -> None:
    (tmp_path / "mark.key").write_bytes(content)
    read = config.load(write("[watermark]\nkey_files = ['mark.key']"))
    assert read.load_keys() == (bytes(range(32)),)


@pytest.mark.parametrize("content", [b"", b"short", b"00" * 31, b"\xff" * 33])
def test_bad_keys(content: bytes, write: Write, tmp_path: Path) -> None:
    (tmp_path / "mark.key").write_bytes(content)
    read = config.load(write("[watermark]\nkey_files = ['mark.key']"))
    with pytest.raises(ConfigError, match="watermark key"):
        read.load_keys()


@pytest.mark.parametrize("complete", [False, True])
def test_a_chain_that_lacks_one_in_between_is_warned_of_before_the_first_stamp(
    complete: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = Authority("Root")
    between = Authority("Between", root)
    key = KEYS["es256"]()
    leaf = between.issue(key.public_key())
    chain = between.chain(leaf) if complete else to_pem(leaf)
    (tmp_path / "signer.pem").write_bytes(key_pem(key) + chain)
    (tmp_path / "root.pem").write_bytes(root.pem)
    (tmp_path / "provenance.toml").write_text(
        '[producer]\nname = "Tests"\nnumber = 600000\n'
        '[signing]\nsigner = "file:signer.pem"\n'
        '[registry]\nuri = "sqlite:///stamps.db"\n'
        '[trust]\nanchors = ["root.pem"]\n'
    )
    open_registry(f"sqlite:///{tmp_path}/stamps.db", create=True).close()
    config.load(tmp_path / "provenance.toml").stamper()
    assert ("one in between may be missing" in caplog.text) is not complete


def test_the_policy_on_revocation_is_read(write: Write) -> None:
    file = write('[signing]\nsigner = "file:a.pem"\nocsp = "required"\n')
    signing = config.load(file).signing
    assert signing is not None
    assert signing.stapling().policy == "required"
    with pytest.raises(ConfigError, match=r"signing\.ocsp"):
        config.load(write('[signing]\nsigner = "file:a.pem"\nocsp = "maybe"\n'))


def test_variables_stand_above_the_file(write: Write) -> None:
    file = write(FULL)
    read = config.load(
        file,
        {
            "PROVENANCE_PRODUCER_NUMBER": "600001",
            "PROVENANCE_SIGNING_SIGNER": "awskms:alias/a",
            "PROVENANCE_TRUST_ANCHORS": os.pathsep.join(("a.pem", "/b.pem")),
            "PROVENANCE_TRUST_EKUS": "1.2.3, 1.2.4",
            "PROVENANCE_DIRECTORY_STRICT_MODELS": "False",
            "PROVENANCE_LABELS_BADGE": "AI",  # the file has no such section
            "PROVENANCE_CONFIG": "no key of a section",
            "PATH": "/bin",
        },
    )
    assert read.producer is not None
    assert (read.producer.name, read.producer.number) == ("Example AI", 600_001)
    assert read.signing is not None
    assert read.signing.signer == "awskms:alias/a"
    assert read.trust.anchors == (file.parent / "a.pem", Path("/b.pem"))
    assert read.trust.ekus == ("1.2.3", "1.2.4")
    assert not read.directory.strict_models
    assert read.labels.badge == "AI"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PROVENANCE_REGISTY_URI", "x.db", "PROVENANCE_REGISTY_URI sets nothing, as .* 'registry'"),
        ("PROVENANCE_TRUST_ANCHOR", "a.pem", "PROVENANCE_TRUST_ANCHOR sets nothing: .* 'anchors'"),
        (
            "PROVENANCE_PRODUCER_NUMBER",
            "many",
            "PROVENANCE_PRODUCER_NUMBER is 'many'; it must be a",
        ),
        ("PROVENANCE_PRODUCER_NUMBER", "0", "producer.number is 0"),
        ("PROVENANCE_DIRECTORY_STRICT_MODELS", "yes", "must be true or false"),
        ("PROVENANCE_PRODUCER_NAME", " ", "producer.name is ' '"),
    ],
)
def test_wrong_variables(name: str, value: str, says: str, write: Write) -> None:
    with pytest.raises(ConfigError, match=says):
        config.load(write(FULL), {name: value})


def test_every_key_has_a_variable(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVENANCE_REGISTRY_URI", "sqlite:///other.db")
    read = config.load(write(FULL))
    assert read.registry is not None
    assert read.registry.uri == "sqlite:///other.db"


def test_sections_that_share_a_key_are_told_apart(write: Write) -> None:
    shared = {f"PROVENANCE_{name}_SIGNER": "file:key.pem" for name in ("SIGNING", "RESPONSE")}
    read = config.load(write(FULL), {**shared, "PROVENANCE_OF_OTHERS": "1"})
    assert read.signing is not None
    assert (read.signing.signer, read.response.signer) == ("file:key.pem", "file:key.pem")
