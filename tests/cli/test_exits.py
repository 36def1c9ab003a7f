from __future__ import annotations

import inspect

import pytest

from provenance import errors
from provenance.cli import exits

ERRORS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ProvenanceError)
]

DOCUMENTED = {
    "ConfigError": 2,
    "AlreadyStampedError": 2,
    "OutputExistsError": 2,
    "UnknownModelError": 2,
    "LossError": 2,
    "RegistryUnavailableError": 3,
    "RegistryDamagedError": 3,
    "LogIntegrityError": 3,
    "OutputNotWritableError": 3,
    "SignerUnavailableError": 3,
    "UnreadableInputError": 5,
    "UnsupportedFormatError": 5,
    "CorruptImageError": 5,
    "ImageTooLargeError": 5,
    "ImageTooSmallError": 5,
    "ImageTooFlatError": 5,
    "EmbedFailedError": 5,
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_errors_have_their_documented_status(name: str) -> None:
    assert exits.map_error(getattr(errors, name)("why")) == DOCUMENTED[name]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_status_that_is_no_success(kind: type[errors.ProvenanceError]) -> None:
    own_defect = issubclass(kind, errors.InternalError)
    assert exits.map_error(kind("why")) in ({70} if own_defect else {1, 2, 3, 4, 5})


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in ERRORS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [([], 0), ([0, 0], 0), ([0, 1], 1), ([1, 3], 3), ([3, 4], 4), ([4, 5, 0], 5)],
)
def test_several_inputs_give_the_worst(statuses: list[int], expected: int) -> None:
    assert exits.take_worst(statuses) == expected
