"""Requests of the OpenTelemetry protocol in its binary form, as its JSON form has them."""

from typing import Any

from byline.errors import BylineError


class NoProtobuf(BylineError):
    """The library that reads the binary form is not there."""


def decoded(kind: str, body: bytes) -> dict[str, Any]:
    """A request of `kind` (`metrics`, `logs`, `traces`). ValueError for what is none; NoProtobuf."""
    try:
        from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    except ImportError:
        raise NoProtobuf("set OTEL_EXPORTER_OTLP_PROTOCOL=http/json") from None
    message = _message(kind)
    try:
        message.ParseFromString(body)
        told: dict[str, Any] = MessageToDict(message)
    except (DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise ValueError(str(problem)) from None
    return told


def _message(kind: str) -> Any:
    try:
        if kind == "metrics":
            from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

            return ExportMetricsServiceRequest()
        if kind == "logs":
            from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

            return ExportLogsServiceRequest()
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return ExportTraceServiceRequest()
    except ImportError:
        raise NoProtobuf("set OTEL_EXPORTER_OTLP_PROTOCOL=http/json") from None
