"""`byline lsp`: start the language server."""

import argparse
import sys
from collections.abc import Mapping

from byline.cli.parser import port


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--stdio", action="store_true", help="speak on standard input and output (the default)")
    parser.add_argument("--tcp", type=port, metavar="PORT", help="listen on this local port instead, for debugging")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Serve one client until it leaves."""
    from byline.server.app import serve

    return serve(env, args.tcp)


def main() -> int:
    """The program `byline-lsp`: `byline lsp` in one word."""
    from byline.cli.main import main as byline

    return byline(["lsp", *sys.argv[1:]])
