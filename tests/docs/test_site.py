"""The site leaves nothing out: every command, status, error, config key, public name and room."""

from __future__ import annotations

import re
from itertools import pairwise

import click
import pytest

import provenance
from docs.generate import (
    commands,
    config_keys,
    failures,
    hooks,
    library,
    offline,
    rooms,
    tree,
)
from provenance import errors, watermark
from provenance.cli import exits
from provenance.verify import State

GLOSSARY = (tree.DOCS / "glossary.md").read_text(encoding="utf-8")
COMMANDS = list(commands.walk())


def test_every_marked_place_is_filled_and_every_filling_is_used() -> None:
    pages = [page.read_text(encoding="utf-8") for page in tree.DOCS.rglob("*.md")]
    marks = {mark for page in pages for mark in hooks.MARK.findall(page)}
    assert marks == set(hooks.PLACES)
    assert not hooks.MARK.search(hooks.filled("".join(pages)))


@pytest.mark.parametrize(
    ("name", "command"), [each[:2] for each in COMMANDS], ids=[each[0] for each in COMMANDS]
)
def test_every_command_and_option_is_in_the_reference(name: str, command: click.Command) -> None:
    _, _, rest = commands.reference().partition(f"# {name} {{ #")
    section = re.split(r"^#", rest, maxsplit=1, flags=re.MULTILINE)[0]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            names = [*parameter.opts, *parameter.secondary_opts]
            assert all(re.search(rf"`[^`]*{each}\b[^`]*`\n:   \S", section) for each in names)
        else:
            assert parameter.make_metavar(click.Context(command)).strip("[]") in section


def test_every_command_is_walked() -> None:
    from provenance.cli.main import COMMANDS as AT_TOP

    assert {name.split()[1] for name, *_ in COMMANDS[1:]} == set(AT_TOP)


def test_every_exit_status_is_documented() -> None:
    named = {value for name, value in vars(exits).items() if name.isupper() and type(value) is int}
    assert set(failures.statuses()) == named
    for status in named:
        assert f"\n| {status} | " in failures.status_table()


def test_every_error_is_documented() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.ProvenanceError)
    ]
    assert set(failures.kinds()) == set(kinds)
    for kind in kinds:
        entry = rf"^`{kind.code}` \(`{kind.__name__}`, status \d+\)\n:   \S"
        assert re.search(entry, failures.error_list(), re.MULTILINE)


@pytest.mark.parametrize("section", config_keys.sections())
def test_every_config_key_is_documented(section: str) -> None:
    keys = list(config_keys.keys(section))
    assert keys
    text = config_keys.reference()
    for key in keys:
        assert key.says.endswith("."), key
        assert f"`{key.name}` ({key.kind}; {key.default})\n:   " in text


def test_the_first_config_names_every_section_and_only_keys_there_are() -> None:
    _, *sections = re.split(r"^\[(\w+)\]\n", config_keys.template(), flags=re.MULTILINE)
    written = dict(zip(sections[::2], sections[1::2], strict=True))
    assert written.keys() == config_keys.sections().keys()
    for section, text in written.items():
        named = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE))
        assert named <= {key.name for key in config_keys.keys(section)}


def test_every_public_name_is_in_the_reference() -> None:
    for name in provenance.__all__:
        assert f"::: provenance.{name}\n" in library.public_names() + "\n"
    for name in watermark.__all__:
        assert f"::: provenance.watermark.{name}\n" in library.watermark_names() + "\n"


def test_every_room_has_a_row() -> None:
    folders = {
        file.parent.relative_to(tree.SOURCE).as_posix() for file in tree.SOURCE.rglob("__init__.py")
    }
    modules = {file.stem for file in tree.SOURCE.glob("*.py") if not file.stem.startswith("__")}
    assert {room.name for room in rooms.rooms()} == (folders | modules) - {"."}
    table = rooms.table()
    for room in rooms.rooms():
        assert room.holds.endswith("."), room.name
        assert f"<code>{room.name}</code></td>" in table


def test_no_room_imports_one_that_is_not_below_it() -> None:
    floor = {name: number for number, row in enumerate(rooms.floors()) for name in row}
    for room in rooms.rooms():
        assert all(floor[each] < floor[rooms.outermost(room.name)] for each in room.imports), room


def test_every_state_is_in_the_glossary_and_words_are_in_order() -> None:
    words = re.findall(r"^### (.+)$", GLOSSARY, re.MULTILINE)
    assert {str(state) for state in State} <= set(words)
    assert all(one.casefold() < other.casefold() for one, other in pairwise(words))


def test_every_word_says_what_it_means_and_where_it_is_from() -> None:
    for entry in GLOSSARY.split("\n### ")[1:]:
        _, meaning, field = entry.strip().split("\n\n")
        assert 1 <= len(re.findall(r"[.:](?=\s|$)", meaning)) <= 4, entry
        assert re.fullmatch(r"\*.+\.\*", field, re.DOTALL), entry


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_both_drawings_say_the_same(width: str) -> None:
    drawing = (tree.DOCS / "assets" / f"way-{width}.svg").read_text(encoding="utf-8")
    boxes = re.findall(r'class="title"[^>]*>([^<]+)', drawing)
    assert sorted(boxes) == sorted(
        [
            *("picture", "stamp", "registry", "copies in the world"),
            *("examine", "evidence", "decide", "verdict", "report"),
        ]
    )
    assert f'aria-labelledby="way-{width}-title way-{width}-desc"' in drawing


def test_links_of_the_repository_hold_in_the_site() -> None:
    text = "[a](docs/bench.md#x) [b](src/provenance) [c](vectors/README.md) [d](https://e.example)"
    assert tree.with_site_links(text, "repository/README.md") == (
        "[a](../bench.md#x) b [c](vectors/README.md) [d](https://e.example)"
    )


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://a.example/x.js"></script>',
        "<link rel=stylesheet href=//a.example/x.css>",
        "<style>@import 'http://a.example/x'</style>",
        "p { background: url(https://a.example/x.png) }",
    ],
)
def test_a_load_from_another_host_is_found(text: str) -> None:
    assert len(offline.loads_of(text)) == 1


def test_links_and_own_files_are_no_loads() -> None:
    text = '<a href="https://a.example">a</a><img src="x.png"><script src="../x.js"></script>'
    assert offline.loads_of(text) == []
