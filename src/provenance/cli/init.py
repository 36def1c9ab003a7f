"""``provenance init``: make everything that a producer or a verifier needs to start."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import render


@click.command("init", short_help="Make the config, and keys and registry, to start with.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--producer", metavar="NAME", help="Producer's name, part of certificates.")
@click.option(
    "--contact",
    metavar="TEXT",
    help="Contact for questions about a stamp; the directory file and reports show it.",
)
@click.option(
    "--verifier",
    is_flag=True,
    help="For platforms, helplines and investigators: a config without producer, signer and "
    "registry.",
)
@click.option(
    "--examiner",
    metavar="NAME",
    help="With --verifier: also make a key that signs case folders, in this name.",
)
def command(
    folder: Path, producer: str | None, contact: str | None, verifier: bool, examiner: str | None
) -> None:
    """Make DIR/provenance.toml, development keys, a registry and a directory file.

    With --verifier only the config is made, which trusts nobody yet, and an examiner's key if one
    is named. The command never overwrites an existing config or key.
    """
    if verifier and (producer is not None or contact is not None):
        raise click.UsageError(
            "A verifier has no producer: leave out --producer and --contact, or --verifier."
        )
    if not verifier and examiner is not None:
        raise click.UsageError(
            "The option --examiner belongs to --verifier: a producer's folder has such a key."
        )
    if verifier:
        _make_verifier(folder, examiner)
    elif producer is None:
        raise click.UsageError(
            "Give --producer NAME to stamp pictures, or --verifier to check them."
        )
    else:
        _make_producer(folder, producer, contact or "none given")


def _make_producer(folder: Path, producer: str, contact: str) -> None:
    from provenance.cli import project

    config = project.create(folder, producer, contact)
    render.say(f"Made {config} for {producer}.")
    _say_next(
        folder,
        "provenance stamp PICTURE.png -o stamped.png --model NAME",
        "provenance verify stamped.png",
    )
    render.say(
        f"The keys in {folder / project.KEYS} are for development: only this config trusts them."
    )
    render.say("Keep them secret all the same: anyone who has them can sign as you.")


def _make_verifier(folder: Path, examiner: str | None) -> None:
    from provenance.cli import project, verifier_project

    config = verifier_project.create(folder, examiner)
    render.say(f"Made {config}. It trusts nobody yet: name anchors and directories in it.")
    _say_next(folder, "provenance verify PICTURE", "provenance trace PICTURE --case ID -o CASE")
    if examiner is None:
        render.say("Case folders will not be signed: for that, make a folder with --examiner NAME.")
    else:
        render.say(
            f"{folder / project.EXAMINER} signs case folders. Only this command vouches for its "
            "certificate: give it in person to those who check your folders."
        )


def _say_next(folder: Path, *commands: str) -> None:
    render.say()
    render.say("Next:")
    for each in (f"cd {folder}", *commands):
        render.say(f"  {each}")
    render.say()
