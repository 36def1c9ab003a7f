"""The producer's side: who is told what, and what is logged before it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from provenance.certificates import load_pem_chain
from provenance.errors import ConfigError
from provenance.registry import Checkpoint, Registry, open_registry
from provenance.response import (
    Outcome,
    Part,
    Request,
    Responder,
    check,
    read_request,
    read_response,
    write_request,
    write_response,
)
from provenance.signers import development, pem_file
from tests.unit.response.site import NOW, Site, open_site

POLICE = development.create("Police")
EXAMINER = pem_file.load(POLICE.examiner, POLICE.examiner)
ANCHORS = load_pem_chain(POLICE.authority)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return open_site(tmp_path_factory.mktemp("site"))


def asked(site: Site, **changes: object) -> Request:
    request = Request(site.known, NOW, Part.ACCOUNT, "12/26", "§ 100j StPO", "find the sender")
    return read_request(write_request(replace(request, **changes), EXAMINER))  # type: ignore[arg-type]


def test_a_stamp_is_found_with_its_proofs(site: Site) -> None:
    request = read_request(write_request(Request(site.known, NOW)))
    found = site.answers().answer(request)
    assert (found.outcome, found.request, found.account) == (Outcome.FOUND, request.sha256, None)
    sealed = read_response(write_response(found, site.responder))
    assert check(sealed, site.directory, NOW + timedelta(days=1)).fault is None
    assert site.registry.accounts.accesses() == []


def test_no_such_stamp_comes_with_the_checkpoint_before_the_search(site: Site) -> None:
    found = site.answers().answer_order(site.unknown, None, None)
    assert found.outcome is Outcome.NONE
    assert found.checkpoint == site.registry.checkpoint()


def test_a_log_that_lost_entries_does_not_deny_a_stamp(site: Site) -> None:
    """As an older backup did: what it lacks may be the very stamp."""

    def compare(registry: Registry) -> None:
        seen = Checkpoint(registry.checkpoint().origin, 9, bytes(32))
        registry.check_extends(seen)

    answers = replace(site.answers(), compare=compare)
    found = answers.answer_order(site.unknown, None, None)
    assert found.outcome is Outcome.REFUSED
    assert found.reason is not None
    assert "lost entries" in found.reason
    sealed = read_response(write_response(found, site.responder))
    assert check(sealed, site.directory, NOW + timedelta(days=1)).fault is None
    assert answers.answer_order(site.known, None, None).outcome is Outcome.FOUND


def test_the_account_is_told_to_whom_the_site_trusts_and_logged_first(site: Site) -> None:
    found = site.answers(*ANCHORS).answer(asked(site))
    assert found.account is not None
    assert found.disclosed is not None
    assert found.disclosed.pseudonym == site.account_key.derive_pseudonym("jane@example.org")
    assert found.account.sha256 == found.disclosed.digest(site.known)
    (entry,) = site.registry.accounts.accesses()
    assert entry["case"] == "12/26"
    assert entry["purpose"].startswith("find the sender (told to: CN=Development examiner,O=Police")
    assert "; § 100j StPO; request SHA-256 " in entry["purpose"]


def test_the_account_may_be_taken_out_and_the_rest_still_holds(site: Site) -> None:
    data = write_response(site.answers(*ANCHORS).answer(asked(site)), site.responder)
    file = json.loads(data)
    file["disclosed"] = None
    passed_on = read_response(json.dumps(file).encode())
    assert passed_on.disclosed is None
    assert check(passed_on, site.directory, NOW).fault is None
    file["disclosed"] = {"salt": "0" * 64, "pseudonym": "f" * 32}
    other = read_response(json.dumps(file).encode())
    assert other.disclosed is not None
    assert other.account is not None
    assert other.disclosed.digest(site.known) != other.account.sha256


def test_who_may_not_be_told_gets_the_public_part_and_the_reason(site: Site) -> None:
    signed = asked(site)
    assert signed.sealed is not None
    unsigned = replace(signed, sealed=replace(signed.sealed, chain=()))
    doctored = replace(signed, sealed=replace(signed.sealed, holds=False))
    refused = {
        "not signed": (unsigned, ANCHORS),
        "changed after": (doctored, ANCHORS),
        "none of the authorities": (signed, site.anchors),
        "older than 30 days": (asked(site, issued=NOW - timedelta(days=31)), ANCHORS),
        "dated in the future": (asked(site, issued=NOW + timedelta(days=1)), ANCHORS),
    }
    for why, (request, anchors) in refused.items():
        found = site.answers(*anchors).answer(request)
        assert found.held is not None
        assert found.disclosed is None
        assert found.account is not None
        assert why in (found.account.refused or "")
    assert site.registry.accounts.accesses() == []


def test_a_request_counts_once(site: Site) -> None:
    """Whoever finds a copy of a signed request is told nothing, or is found out."""
    responder, request = site.answers(*ANCHORS), asked(site)
    assert responder.answer(request).disclosed is not None
    again = responder.answer(request)
    assert again.held is not None
    assert again.disclosed is None
    assert again.account is not None
    assert "was answered already" in (again.account.refused or "")
    assert len(site.registry.accounts.accesses()) == 1
    assert responder.answer(asked(site, case="13/26")).disclosed is not None, "another one counts"


def test_nobody_can_use_up_somebody_elses_request(site: Site) -> None:
    """Its digest in another request's purpose does not count as an answer."""
    responder, request = site.answers(*ANCHORS), asked(site)
    hostile = asked(site, purpose=f"x (told to: me; request SHA-256 {request.sha256})")
    assert responder.answer(hostile).disclosed is not None
    assert responder.answer(request).disclosed is not None


@pytest.mark.parametrize(
    ("recipient", "told"), [(None, True), ("Ada", True), ("  ADA ", True), ("Babel", False)]
)
def test_a_request_to_somebody_else_is_told_no_account(
    site: Site, recipient: str | None, told: bool
) -> None:
    responder = replace(site.answers(*ANCHORS), name="Ada")
    found = responder.answer(asked(site, recipient=recipient))
    assert found.held is not None
    assert (found.disclosed is not None) == told
    assert told or "somebody else" in (found.account.refused or "")  # type: ignore[union-attr]


def test_an_order_on_paper_is_answered_by_stamp_id_and_logged(site: Site) -> None:
    found = site.answers().answer_order(site.known, "44/26", "court order")
    assert found.disclosed is not None
    (entry,) = site.registry.accounts.accesses()
    assert (entry["stamp_id"], entry["case"]) == (site.known, "44/26")
    assert entry["purpose"] == "court order (told to: on the operator's word)"
    with pytest.raises(ConfigError, match="account_key"):
        Responder(site.registry).answer_order(site.known, "44/26", "court order")


def test_a_log_that_is_not_signed_answers_nothing(
    tmp_path_factory: pytest.TempPathFactory, site: Site
) -> None:
    plain = open_registry("sqlite:///x.db", create=True, base=tmp_path_factory.mktemp("plain"))
    with pytest.raises(ConfigError, match="is not signed"):
        Responder(plain).answer_order(site.known, None, None)
