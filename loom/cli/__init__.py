"""The command line: each command parses, calls one thing of the session, and prints.

Standard output is data, standard error is talk. Rooms are imported inside the commands, so that
`loom --help` loads neither Textual nor llama.cpp.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from loom.cli import (
    bench,
    care,
    doctor,
    exporting,
    grow,
    importing,
    joins,
    keys,
    library,
    marks,
    models,
    operations,
    reading,
    replaying,
    sessions,
    tour,
    verifying,
)
from loom.cli.group import cli
from loom.errors import ExitCode, LoomError

__all__ = [
    "bench",
    "care",
    "cli",
    "doctor",
    "exporting",
    "grow",
    "importing",
    "joins",
    "keys",
    "library",
    "main",
    "marks",
    "models",
    "operations",
    "reading",
    "replaying",
    "sessions",
    "tour",
    "verifying",
]


def main() -> None:
    """Run a command; an error is one sentence on stderr and an exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A name of a file is printed as its bytes, whichever they are.
        sys.stdout.reconfigure(errors="surrogateescape")
    try:
        cli.main(standalone_mode=False)
    except LoomError as error:
        click.echo(f"loom: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough.
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
