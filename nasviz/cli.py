"""The command ``nasviz``: ``lab`` opens JupyterLab on the notebooks, ``doctor`` checks, ``worker`` runs calls."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nasviz import __version__
from nasviz.errors import NasvizError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        The arguments; the default is the command line's.

    Returns
    -------
    int
        Exit code: 0 where all is well, 1 where something essential is missing, 2 for arguments that cannot be read.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    rest: list[str] = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, rest = arguments[:cut], arguments[cut + 1 :]
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return _COMMANDS[options.command](options, rest)
    except NasvizError as error:
        print(f"nasviz {options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nasviz", description="Algebraic architecture search in Jupyter.")
    parser.add_argument("--version", action="version", version=f"nasviz {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="lab | doctor | worker")
    lab = commands.add_parser(
        "lab",
        help="open JupyterLab on a copy of the notebooks",
        description="Copy the notebooks that came with nasviz into a working folder and open JupyterLab there. A notebook that "
        "you have edited is never overwritten. What follows -- goes to JupyterLab.",
    )
    lab.add_argument("folder", nargs="?", type=Path, help="the working folder (default: nasviz-notebooks, here)")
    lab.add_argument("--notebook-dir", dest="named", type=Path, metavar="FOLDER", help="the same, by Jupyter's name for it")
    lab.add_argument("--port", type=int, help="port to listen on (default: 8888, or the next that is free)")
    lab.add_argument("--no-browser", action="store_true", help="open no browser, only say the address")
    commands.add_parser("doctor", help="check the installation", description="Say what is in place and what is not.")
    commands.add_parser("worker", help="run calls that come on stdin", description="What nasviz starts for its own jobs.")
    return parser


def _lab(options: argparse.Namespace, rest: Sequence[str]) -> int:
    from nasviz.jupyter.lab import copy_notebooks, lab_command, shipped_notebooks, start

    folder: Path = options.folder or options.named or Path("nasviz-notebooks")
    command = lab_command(folder, port=options.port, browser=not options.no_browser, rest=rest)
    words = copy_notebooks(shipped_notebooks(), folder)
    for word in words:
        print(word)
    print(f"The notebooks are in {folder.resolve()}. JupyterLab starts; end it with Ctrl-C.")
    return start(command)


def _doctor(options: argparse.Namespace, rest: Sequence[str]) -> int:
    from nasviz.jupyter.doctor import examine, report

    findings = examine()
    print(report(findings))
    return 1 if any(finding.essential and not finding.good for finding in findings) else 0


def _worker(options: argparse.Namespace, rest: Sequence[str]) -> int:
    from nasviz.jobs.worker import main as serve

    return serve([])


_COMMANDS = {"lab": _lab, "doctor": _doctor, "worker": _worker}
