"""Entry point: find the subcommand, and turn every failure into one line and an exit status."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from provenance import __version__
from provenance.blas import keep_to_one_thread
from provenance.cli import exits, render
from provenance.distribution import refuse_stranger
from provenance.errors import ProvenanceError
from provenance.text import suggest

COMMANDS = (
    "demo",
    "init",
    "stamp",
    "verify",
    "trace",
    "export",
    "inspect",
    "request",
    "respond",
    "hash",
    "hashlist",
    "registry",
    "directory",
    "keys",
    "schema",
    "serve",
    "page",
    "doctor",
)


NO_ARGUMENTS = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""What a group raises without a subcommand: its help. Click before 8.2 prints that itself."""


class LazyCommands(click.Group):
    """A group that imports ``provenance.cli.<name>`` when a subcommand is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the subcommands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Return the object ``command`` of the subcommand's module."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"provenance.cli.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"provenance.cli.{cmd_name} has no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand, and name the one that was probably meant where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = suggest(args[0], COMMANDS)
            if not meant:
                raise
            raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx) from error


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print version and build; the build is looked up only here, since it may have to ask git."""
    if not wanted or context.resilient_parsing:
        return
    from provenance.about import find_running_build

    click.echo(f"provenance {__version__} ({find_running_build()})")
    context.exit()


@click.command(
    cls=LazyCommands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and the commit it was built from.",
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Trace a generated image to its producer, model and time, even without its metadata.

    New here? "provenance demo" shows the whole story on one picture.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with the documented status."""
    keep_to_one_thread()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Nothing is raised, except for a defect of our own while ``PROVENANCE_DEBUG`` is set.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a poor locale must not fail
    try:
        refuse_stranger()
        status = cli(arguments, prog_name="provenance", standalone_mode=False)
        sys.stdout.flush()
    except NO_ARGUMENTS as error:
        click.echo(error.format_message(), err=True)
        return exits.USAGE
    except click.ClickException as error:
        return _complain(_usage_sentence(error), "usage", exits.USAGE)
    except ProvenanceError as error:
        return _complain(str(error), error.code, exits.map_error(error))
    except (KeyboardInterrupt, click.Abort):
        return exits.INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        return _complain(f"{error}.", "output.unwritable", exits.UNAVAILABLE)
    except Exception as error:  # noqa: BLE001  users see a traceback only on request
        return _own_defect(error)
    return status if isinstance(status, int) else exits.DONE


def _complain(sentence: str, code: str, status: int) -> int:
    render.complain(sentence, code)
    return status


def _usage_sentence(error: click.ClickException) -> str:
    sentence = error.format_message()
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "provenance"
    return f"{sentence} See '{path} --help'."


def _reader_left() -> int:
    """End ``provenance verify ... | head`` quietly: nobody reads standard output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return exits.UNAVAILABLE


def _own_defect(error: Exception) -> int:
    if os.environ.get("PROVENANCE_DEBUG"):
        raise error
    sentence = (
        f"There is a defect in provenance: {type(error).__name__}: {error}. "
        "Please report it with the traceback that PROVENANCE_DEBUG=1 shows."
    )
    return _complain(sentence, "internal", exits.DEFECT)
