"""`byline otel`: receives what agents measure of themselves, on this machine only."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Mapping

from byline.cli.parser import Parser, port
from byline.cli.terminal import Output, counted
from byline.errors import BylineError

PORT = 4318
"""The one that the protocol has for HTTP."""


def arguments(parser: Parser) -> None:
    """The options of the command."""
    parser.add_argument("--port", type=port, default=PORT, help=f"on 127.0.0.1 and ::1; 0 takes a free one ({PORT})")
    parser.add_argument("--print-env", action="store_true", help="print what to set for each agent, and end")
    parser.add_argument("--json", action="store_true", help="print JSON (docs/json.md)")


def run(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Receive until Ctrl-C or until it is told to end."""
    if args.print_env:
        _print_env(args.port or PORT, env, as_json=args.json)
        return 0
    if env.get("BYLINE_DISABLE", "0") not in ("", "0"):
        raise BylineError("recording is off: BYLINE_DISABLE is set")
    from byline.workspace.telemetry.receiver import Receiver

    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    receiver = Receiver(args.port, env)
    try:
        endpoint = f"http://127.0.0.1:{receiver.port}"
        if args.json:
            sys.stdout.write(json.dumps({"endpoint": endpoint, "settings": settings(receiver.port)}) + "\n")
        else:
            Output(env).line(f"listening on {endpoint}; Ctrl-C ends it. What agents need to be told:")
            _print_env(receiver.port, env, as_json=False)
        sys.stdout.flush()
        while not ended.wait(3600):
            pass
    finally:
        receiver.close()
    if not args.json:
        Output(env).line(f"{counted(receiver.taken, 'measurement was', 'measurements were')} counted")
    return 0


def settings(chosen: int) -> dict[str, list[str]]:
    """For each agent the lines to put into the shell, or into the file that the first line, a comment, names.

    `chosen`: the port.
    """
    endpoint = f"http://127.0.0.1:{chosen}"
    return {
        "claude": [
            "export CLAUDE_CODE_ENABLE_TELEMETRY=1",
            "export OTEL_METRICS_EXPORTER=otlp",
            "export OTEL_LOGS_EXPORTER=otlp",
            "export OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
            f"export OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}",
        ],
        "codex": [
            "# in ~/.codex/config.toml",
            "[otel]",
            f'exporter = {{ otlp-http = {{ endpoint = "{endpoint}/v1/logs", protocol = "json" }} }}',
        ],
        "gemini": _gemini("GEMINI", endpoint),
        "qwen": _gemini("QWEN", endpoint),
        "copilot": [
            "export COPILOT_OTEL_ENABLED=true",
            "export OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
            f"export OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}",
        ],
    }


def _gemini(prefix: str, endpoint: str) -> list[str]:
    return [
        f"export {prefix}_TELEMETRY_ENABLED=true",
        f"export {prefix}_TELEMETRY_TARGET=local",
        f"export {prefix}_TELEMETRY_OTLP_PROTOCOL=http",
        f"export {prefix}_TELEMETRY_OTLP_ENDPOINT={endpoint}",
        f"export {prefix}_TELEMETRY_LOG_PROMPTS=false",
    ]


def _print_env(chosen: int, env: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"endpoint": f"http://127.0.0.1:{chosen}", "settings": settings(chosen)}) + "\n")
        return
    output = Output(env)
    for agent, lines in settings(chosen).items():
        output.line(f"# {agent}", "bold")
        for line in lines:
            output.line(line)
