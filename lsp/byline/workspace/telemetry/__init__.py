"""Agents' own telemetry (OpenTelemetry), received on this machine and kept by session in the user data folder."""
