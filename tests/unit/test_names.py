"""Names: what a language needs is accepted, what only deceives is refused before it is stored."""

from __future__ import annotations

import pytest

from provenance.names import find_deceptive_script, find_fault, find_producer_fault
from provenance.text import MAX_NAME, clean, is_showable, quote, show_name

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # with a non-joiner that it needs
HINDI = "\u0915\u094d\u200d\u0937"
GOOD = [
    "Ada Images, Inc.",
    "Müller & Söhne GmbH",
    PERSIAN,
    HINDI,
    "\u05e9\u05dc\u05d5\u05dd AI",
    "\u682a\u5f0f\u4f1a\u793e\u30c6\u30b9\u30c8 AI",
    "NAVER\ud55c\uad6d",
    "\u0413\u0430\u0437\u0435\u0442\u0430 AI",
    "Zoe\u0308",
    "Model \U0001f600",
    "l'Image",
]
BAD = {
    "": "is empty",
    "  ": "is empty",
    "a" * (MAX_NAME + 1): "has over 256 characters",
    "two\nlines": "can't be shown",
    "a\u200bb": "U+200B",
    "ab\u200ccd": "U+200C",
    "\U0001f469\u200d\U0001f4bb": "U+200D",
    "a\u202egnp": "U+202E",
    "a\u2066b\u2069": "U+2066",
    "\u3164": "U+3164",
    "a\u00adb": "U+00AD",
    "a\u2800b": "U+2800",
    "a\u00a0b": "U+00A0",
    "a\ufe0fb": "U+FE0F",
    "a\ue000b": "U+E000",
    "\u2028": "is empty",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_language_needs_is_accepted_and_shown(name: str) -> None:
    assert find_producer_fault(name) is None
    assert is_showable(name)
    assert clean(name) == name
    assert quote(name) == f'"{name}"'


@pytest.mark.parametrize(("name", "fault"), BAD.items(), ids=ascii)
def test_what_only_hides_is_refused(name: str, fault: str) -> None:
    assert fault in (find_fault(name) or "")
    assert find_producer_fault(name) == find_fault(name)


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("Produc\u0435r", ("Cyrillic", "Latin")),
        ("\u0391da", ("Greek", "Latin")),
        ("Images \uff21d\u0430", ("Cyrillic", "Latin")),
        ("\u0413\u03b1", ("Cyrillic", "Greek")),
    ],
)
def test_a_word_of_mixed_scripts_is_refused_for_producers(
    name: str, scripts: tuple[str, ...]
) -> None:
    found = find_deceptive_script(name)
    assert found is not None
    assert (found.mixed, found.scripts) == (True, scripts)
    assert "letters in one word" in (find_producer_fault(name) or "")
    assert find_fault(name) is None, "a model may be called so"


def test_a_whole_word_of_letters_that_look_latin_is_told() -> None:
    found = find_deceptive_script("BBC \u0412\u0412\u0421")
    assert found is not None
    assert (found.word, found.mixed, found.scripts) == ("\u0412\u0412\u0421", False, ("Cyrillic",))
    assert find_deceptive_script("BBC " + PERSIAN) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("folder/photo-1.jpg", "folder/photo-1.jpg"),
        ("a photo.jpg", '"a photo.jpg"'),
        ('x.png: This file is exactly what "A" signed.', None),
        ("a\nb.png", '"a\ufffdb.png"'),
        (PERSIAN + ".png", f'"{PERSIAN}.png"'),
    ],
)
def test_a_files_name_can_not_be_taken_for_words(name: str, shown: str | None) -> None:
    assert show_name(name) == (shown or "\"x.png: This file is exactly what 'A' signed.\"")
