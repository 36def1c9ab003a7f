"""Requests and responses as files: their schemas, and whatever bytes somebody sends instead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from provenance.errors import RequestError, ResponseError
from provenance.response import (
    Part,
    Request,
    Response,
    read_request,
    read_response,
    write_request,
    write_response,
)
from provenance.schemas import read_schema
from tests.unit.response.site import NOW, Site, open_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return open_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def asked(site: Site) -> bytes:
    return write_request(ask(site, Part.ACCOUNT), site.signer)


@pytest.fixture(scope="module")
def answers(site: Site) -> dict[str, Response]:
    """One response of each kind."""
    responder = site.answers()
    told = responder.answer_order(site.known, "12/26", "court order")
    site.registry.revoke(site.known, "a mistake")
    return {
        "told": told,
        "revoked": responder.answer_order(site.known, None, None),
        "none": responder.answer_order(site.unknown, None, None),
        "refused": responder.refuse(site.known, None, "not competent"),
    }


def ask(site: Site, part: Part) -> Request:
    return Request(site.known, NOW, part, "12/26", "§ 100j StPO", "find the sender", "KHK Muster")


def check_schema(name: str, data: bytes) -> None:
    Draft202012Validator(json.loads(read_schema(name))).validate(json.loads(data))


KINDS = ["told", "revoked", "none", "refused"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_response_is_read_as_it_was_written_and_fits_its_schema(
    kind: str, site: Site, answers: dict[str, Response]
) -> None:
    data = write_response(answers[kind], site.responder)
    assert read_response(data) == answers[kind]
    check_schema("response", data)


def test_a_request_is_read_as_it_was_written_and_fits_its_schema(site: Site, asked: bytes) -> None:
    assert read_request(asked) == ask(site, Part.ACCOUNT)
    check_schema("request", asked)
    unsigned = write_request(Request(site.known, NOW))
    assert json.loads(unsigned)["signature"] is None
    check_schema("request", unsigned)


def test_a_request_holds_nothing_of_a_picture(asked: bytes) -> None:
    assert set(json.loads(asked)["payload"]) == {
        *("type", "stamp_id", "part", "issued"),
        *("recipient", "case", "legal_basis", "purpose", "requester"),
    }


def test_the_account_is_not_asked_for_without_signature_case_and_purpose(site: Site) -> None:
    with pytest.raises(RequestError, match="Only a signed request"):
        write_request(ask(site, Part.ACCOUNT))
    with pytest.raises(RequestError, match="a case and a purpose"):
        Request(site.known, NOW, Part.ACCOUNT, case="12/26")


def test_what_no_reader_takes_is_not_written(site: Site) -> None:
    for case in ("x" * 2000, "turn\u202eround", "two\nlines", "\ud800"):
        with pytest.raises(RequestError, match="can't be written"):
            write_request(Request(site.known, NOW, case=case))
    with pytest.raises(ResponseError, match="can't be written"):
        write_response(site.answers().refuse(site.known, None, "\ud800"), site.responder)


def test_files_have_limits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RequestError, match="over 262,144 bytes"):
        read_request(b" " * (2**18 + 1))
    with pytest.raises(ResponseError, match="over 16,777,216 bytes"):
        read_response(b" " * (2**24 + 1))
    monkeypatch.setattr("provenance.response.responses.MAX_RESPONSE_BYTES", 1000)
    with pytest.raises(ResponseError, match="readers take 1,000"):
        write_response(site.answers().answer_order(site.known, None, None), site.responder)


def test_each_kind_of_file_is_told_from_the_other(asked: bytes, site: Site) -> None:
    with pytest.raises(ResponseError, match=r"Its type is not provenance\.response\.1"):
        read_response(asked)
    answer = write_response(site.answers().refuse(site.known, None, "no"), site.responder)
    with pytest.raises(RequestError, match=r"Its type is not provenance\.request\.1"):
        read_request(answer)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path to every value of a document."""
    yield path
    listed = enumerate(value) if isinstance(value, list) else ()
    named = value.items() if isinstance(value, dict) else listed
    for key, item in named:
        yield from places(item, (*path, key))


def with_value(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    changed = deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_any_value_in_any_place_raises_only_our_error(
    site: Site, answers: dict[str, Response], asked: bytes, data: st.DataObject
) -> None:
    """And what is read all the same can be checked and judged."""
    from provenance.response import check_all

    kind = data.draw(st.sampled_from([*KINDS, "request"]))
    whole = asked if kind == "request" else write_response(answers[kind], site.responder)
    document = json.loads(whole)
    path = data.draw(st.sampled_from(list(places(document))))
    changed = json.dumps(with_value(document, path, data.draw(JSON))).encode()
    try:
        if kind == "request":
            site.answers(*site.anchors).answer(read_request(changed))
        else:
            (found,) = check_all([read_response(changed)], site.directory, NOW)
            untouched = json.loads(changed)["payload"] == document["payload"]
            assert found.fault is None or not untouched or path[0] == "signature"
    except (RequestError, ResponseError):
        return


@given(st.binary(max_size=300))
def test_any_bytes_raise_only_our_error(data: bytes) -> None:
    with pytest.raises(RequestError):
        read_request(data)
    with pytest.raises(ResponseError):
        read_response(data)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    from provenance.response import load_response

    with pytest.raises(ResponseError, match=r"absent\.json can't be read"):
        load_response(tmp_path / "absent.json")
