"""The SDK's JSON about a manifest store as typed values: parsed once, here.

An attacker may have written any of it. Whatever is missing or has the wrong type is left out, so
that other modules need not check again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from provenance.errors import ManifestDamagedError

Kind = Literal["failure", "informational", "success"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The kinds of validation codes, as the SDK calls them; what is wrong comes first."""


@dataclass(frozen=True)
class Code:
    """One validation code: what it is about, and the SDK's own words."""

    code: str
    url: str = ""
    detail: str | None = None


@dataclass(frozen=True)
class CodeLists:
    """The codes about one manifest, by their kind."""

    failure: tuple[Code, ...] = ()
    informational: tuple[Code, ...] = ()
    success: tuple[Code, ...] = ()


@dataclass(frozen=True)
class Results:
    """What came of a validation: of the active manifest, and what is new about ingredients."""

    active: CodeLists = CodeLists()
    deltas: tuple[CodeLists, ...] = ()


@dataclass(frozen=True)
class AssertionReport:
    """One assertion. ``created`` means that the signer stands for it."""

    label: str
    created: bool
    data: Mapping[str, Any]


@dataclass(frozen=True)
class IngredientReport:
    """Something that a manifest builds on; ``urn`` names its manifest, if it has one.

    ``recorded`` is what its signer found when taking it in, and ``failures`` the same in the form
    that older manifests have.
    """

    relationship: str | None
    format: str | None
    urn: str | None
    recorded: CodeLists
    failures: tuple[Code, ...]


@dataclass(frozen=True)
class ManifestReport:
    """One manifest of a store, as the SDK shows it."""

    claim_version: int | None = None
    format: str | None = None
    title: str | None = None
    claim_generator: str | None = None
    generators: tuple[Mapping[str, Any], ...] = ()
    assertions: tuple[AssertionReport, ...] = ()
    ingredients: tuple[IngredientReport, ...] = ()
    algorithm: str | None = None
    signed_at: str | None = None
    serial: str | None = None


@dataclass(frozen=True)
class Report:
    """A manifest store: its manifests by URN, which of them is active, and what holds of them."""

    urn: str
    manifests: Mapping[str, ManifestReport]
    results: Results
    store: bytes = field(repr=False)

    @property
    def active(self) -> ManifestReport:
        """The manifest that speaks for the file."""
        return self.manifests[self.urn]


def parse_report(found: Mapping[str, Any], store: bytes) -> Report:
    """Read the SDK's JSON about a store.

    Raises
    ------
    ManifestDamagedError
        No manifest is active.
    """
    urn, listed = found.get("active_manifest"), as_mapping(found.get("manifests"))
    if not isinstance(urn, str) or urn not in listed:
        raise ManifestDamagedError("The Content Credentials have no active manifest.")
    manifests = {label: parse_manifest(as_mapping(each)) for label, each in listed.items()}
    return Report(urn, manifests, parse_results(found.get("validation_results")), store)


def parse_manifest(manifest: Mapping[str, Any]) -> ManifestReport:
    """Read what the SDK says about one manifest."""
    signature = as_mapping(manifest.get("signature_info"))
    version = manifest.get("claim_version")
    return ManifestReport(
        claim_version=version if isinstance(version, int) else None,
        format=_text(manifest.get("format")),
        title=_text(manifest.get("title")),
        claim_generator=_text(manifest.get("claim_generator")),
        generators=tuple(as_mappings(manifest.get("claim_generator_info"))),
        assertions=tuple(
            AssertionReport(label, item.get("created") is True, as_mapping(item.get("data")))
            for item in as_mappings(manifest.get("assertions"))
            if isinstance(label := item.get("label"), str)
        ),
        ingredients=tuple(map(_ingredient, as_mappings(manifest.get("ingredients")))),
        algorithm=_text(signature.get("alg")),
        signed_at=_text(signature.get("time")),
        serial=_text(signature.get("cert_serial_number")),
    )


def parse_results(results: object) -> Results:
    """Read what came of a validation."""
    root = as_mapping(results)
    deltas = (each.get("validationDeltas") for each in as_mappings(root.get("ingredientDeltas")))
    return Results(_code_lists(root.get("activeManifest")), tuple(map(_code_lists, deltas)))


def as_mappings(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of what should be a list of objects."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return what should be an object, an empty one if it is something else."""
    return value if isinstance(value, Mapping) else {}


def _ingredient(ingredient: Mapping[str, Any]) -> IngredientReport:
    return IngredientReport(
        relationship=_text(ingredient.get("relationship")),
        format=_text(ingredient.get("format")),
        urn=_text(ingredient.get("active_manifest")),
        recorded=parse_results(ingredient.get("validation_results")).active,
        failures=tuple(_codes(ingredient.get("validation_status"))),
    )


def _code_lists(found: object) -> CodeLists:
    lists = as_mapping(found)
    return CodeLists(**{kind: tuple(_codes(lists.get(kind))) for kind in KINDS})


def _codes(listed: object) -> Iterator[Code]:
    for item in as_mappings(listed):
        if isinstance(code := item.get("code"), str):
            yield Code(code, _text(item.get("url")) or "", _text(item.get("explanation")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
