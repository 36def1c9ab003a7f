"""Who may do what: keys, tokens, rates, and what is written down."""

from __future__ import annotations

import json
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from provenance import hashchain
from provenance.errors import ConfigError, OutputNotWritableError
from provenance.service import ApiKeys, Scope
from provenance.service.access.caller import Caller, name_network
from provenance.service.access.lookups import LookupLog
from provenance.service.access.rates import Rates
from provenance.service.access.tokens import Tokens
from provenance.service.refusals import RateError
from tests.service.conftest import Service, run_service

ISSUER, AUDIENCE = "https://id.example.com", "provenance"
ROUTES = {
    "/v1/stamp?model=m": "stamp",
    "/v1/trace?case=1": "trace",
}


@pytest.mark.parametrize(("path", "scope"), ROUTES.items())
def test_a_scope_is_needed(service: Service, path: str, scope: str, png: bytes) -> None:
    with service.client() as client:
        nobody = client.post(path, content=png)
    other = "trace" if scope != "trace" else "stamp"
    with service.client(other) as client:
        wrong = client.post(path, content=png)
    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "service.forbidden")


@pytest.mark.parametrize(
    "credential", ["", "Bearer", "Bearer pvk_00000000_" + "A" * 43, "Basic YTpi", "Bearer a.b.c"]
)
def test_a_wrong_key_is_refused_even_where_none_is_needed(
    service: Service, credential: str, png: bytes
) -> None:
    with service.client() as client:
        answer = client.post("/v1/verify", content=png, headers={"Authorization": credential})
    assert (answer.status_code, answer.json()["code"]) == (401, "service.unauthenticated")


def test_the_file_of_keys_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "api.jsonl"
    keys, now = ApiKeys(path), datetime.now(UTC)
    key = keys.grant("a platform", [Scope.STAMP], days=1)
    short = ApiKeys(path).grant("another", [Scope.TRACE])
    assert key.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    found = keys.find(key, now)
    assert found is not None
    assert found.scopes == {Scope.STAMP}
    assert keys.find(key, now.replace(year=now.year + 1)) is None
    assert keys.find(key[:-1] + ("A" if key[-1] != "A" else "B"), now) is None
    assert ApiKeys(path).withdraw(key.split("_")[1])
    assert keys.find(key, now) is None
    assert keys.find(short, now) is not None
    assert not keys.withdraw("00000000")


@pytest.mark.parametrize("line", ["{}", "x", '{"id": "a"}', "[]"])
def test_a_damaged_file_of_keys_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "api.jsonl").write_text(line + "\n")
    with pytest.raises(ConfigError, match="Line 1"):
        ApiKeys(tmp_path / "api.jsonl")


def make_token(key: ECKey | OctKey, alg: str, **claims: object) -> str:
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "somebody",
        "exp": int(time.time()) + 600,
        "scope": "stamp unknown trace",
        **claims,
    }
    present = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid}, present, key, algorithms=[alg])


@pytest.fixture(scope="module")
def signing() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "first"})


@pytest.fixture
def jwks(signing: ECKey, tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(KeySet([signing]).as_dict(private=False)))
    return path


def test_a_token_allows_what_it_says(signing: ECKey, jwks: Path) -> None:
    found = Tokens(ISSUER, AUDIENCE, jwks).find(make_token(signing, "ES256"))
    assert found is not None
    assert found.name == "token somebody"
    assert set(found.scopes) == {Scope.STAMP, Scope.TRACE}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://id.example.org"},
        {"aud": "another"},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"sub": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_a_token_for_others_does_not_count(
    signing: ECKey, jwks: Path, claims: dict[str, object]
) -> None:
    assert Tokens(ISSUER, AUDIENCE, jwks).find(make_token(signing, "ES256", **claims)) is None


def test_only_the_issuers_keys_count(signing: ECKey, jwks: Path) -> None:
    tokens = Tokens(ISSUER, AUDIENCE, jwks)
    stranger = ECKey.generate_key("P-256", {"kid": "first"})
    assert tokens.find(make_token(stranger, "ES256")) is None
    shared = OctKey.import_key(jwks.read_bytes(), {"kid": "first"})
    assert tokens.find(make_token(shared, "HS256")) is None
    _, body, _ = make_token(signing, "ES256").split(".")
    assert tokens.find(f"eyJhbGciOiJub25lIn0.{body}.") is None
    assert tokens.find("x" * 100_000) is None


def test_a_token_reaches_the_service(
    signing: ECKey, jwks: Path, project_folder: Path, png: bytes
) -> None:
    section = f"""
[service]
oidc_issuer = "{ISSUER}"
oidc_audience = "{AUDIENCE}"
oidc_keys = "{jwks}"
"""
    with run_service(project_folder, section) as address:
        answer = httpx.post(
            f"{address}/v1/stamp?model=m",
            content=png,
            headers={"Authorization": f"Bearer {make_token(signing, 'ES256')}"},
            timeout=120,
        )
    assert answer.status_code == 200, answer.text


def test_a_bucket_empties_and_fills() -> None:
    now = 0.0
    rates = Rates(lambda: now)
    for _ in range(6):
        rates.take("a", 6)
    with pytest.raises(RateError) as caught:
        rates.take("a", 6)
    assert caught.value.seconds == 10
    rates.take("b", 6)
    now = 10.0
    rates.take("a", 6)
    with pytest.raises(RateError):
        rates.take("a", 6)


def test_who_asks_too_often_is_told_when_to_come_again(project_folder: Path, png: bytes) -> None:
    section = "\n[service]\nanonymous_per_minute = 2\n"
    with run_service(project_folder, section) as address:
        answers = [httpx.post(f"{address}/v1/verify", content=png, timeout=120) for _ in range(3)]
        alive = httpx.get(f"{address}/healthz")
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 30
    assert alive.status_code == 200


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "unknown"),
    ],
)
def test_a_network_is_counted_as_one(host: str | None, network: str) -> None:
    assert name_network(host) == network


def test_the_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    path, caller = tmp_path / "access.jsonl", Caller("key 1")
    log = LookupLog(path)
    log.write(caller, "response", "a")
    with pytest.raises(ConfigError, match="Another process"):
        LookupLog(path)
    log.close()
    with path.open("ab") as file:
        file.write(b'{"cut off by a cra')
    log = LookupLog(path)
    log.write(caller, "trace", "b", "court order")
    log.close()
    entries, _ = hashchain.verify(path.read_bytes().splitlines())
    assert [(each["action"], each["purpose"]) for each in entries] == [
        ("response", None),
        ("trace", "court order"),
    ]


def test_a_line_that_does_not_fit_on_the_disk_is_not_half_written(tmp_path: Path) -> None:
    path, caller = tmp_path / "access.jsonl", Caller("key 1")
    log = LookupLog(path)
    log.write(caller, "response", "a")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
    try:
        with pytest.raises(OutputNotWritableError, match="nothing is told"):
            log.write(caller, "response", "b")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    log.write(caller, "response", "c")
    log.close()
    entries, _ = hashchain.verify(path.read_bytes().splitlines())
    assert [each["subject"] for each in entries] == ["a", "c"]


def test_a_log_that_is_damaged_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    path.write_bytes(b"not a line of a chain\n")
    with pytest.raises(ConfigError, match="damaged"):
        LookupLog(path)
