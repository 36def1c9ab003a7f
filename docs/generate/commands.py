"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from provenance.cli.main import cli


def walk() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command and group below ``provenance``, in the order of its help."""
    yield from _below("provenance", cli, None)


def reference() -> str:
    """Return a section for each command: usage, what it does, arguments, options."""
    return "\n".join(_section(*each) for each in walk())


def options_of(command: click.Command) -> tuple[click.Option, ...]:
    """Return the options that a command shows in its help, without ``--help`` itself."""
    found = (each for each in command.params if isinstance(each, click.Option))
    return tuple(option for option in found if not option.hidden)


def _below(
    name: str, command: click.Command, parent: click.Context | None
) -> Iterator[tuple[str, click.Command, click.Context]]:
    context = click.Context(command, info_name=name.rsplit(maxsplit=1)[-1], parent=parent)
    yield name, command, context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            if inner is not None and not inner.hidden:
                yield from _below(f"{name} {each}", inner, context)


def _section(name: str, command: click.Command, context: click.Context) -> str:
    level = "##" if name.count(" ") < 2 else "###"
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [
        f"{level} {name} {{ #{name.replace(' ', '-')} }}",
        f"    {name} {usage}".rstrip(),
        _paragraphs(command.help or command.short_help or ""),
        _inner(name, command, context),
        *(_option(option, context) for option in options_of(command)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _paragraphs(text: str) -> str:
    """Return click's help as Markdown; its mark for "keep these line breaks" makes a block."""
    kept = (
        "\n".join(f"    {line}" for line in block.splitlines()[1:])
        if block.startswith("\b")
        else " ".join(block.split())
        for block in re.split(r"\n\s*\n", text.replace("\f", "").strip())
    )
    return "\n\n".join(_escaped(block) for block in kept)


def _inner(name: str, command: click.Command, context: click.Context) -> str:
    """Return the list of a group's commands."""
    if not isinstance(command, click.Group):
        return ""
    lines = []
    for each in command.list_commands(context):
        inner = command.get_command(context, each)
        if inner is not None and not inner.hidden:
            anchor = f"{name} {each}".replace(" ", "-")
            lines.append(
                f"- [`{name} {each}`](#{anchor}): {_escaped(inner.get_short_help_str(90))}"
            )
    return "\n".join(lines)


def _option(option: click.Option, context: click.Context) -> str:
    """Return an option as an entry of a definition list."""
    record = option.get_help_record(context)
    names, text = record if record else (", ".join(option.opts), "")
    return f"`{names}`\n:   {_escaped(' '.join(text.split()))}"


def _escaped(text: str) -> str:
    return text if text.startswith("    ") else re.sub(r"([*_<\[\]])", r"\\\1", text)
