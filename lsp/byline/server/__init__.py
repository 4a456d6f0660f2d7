"""The language server: attribution as hover, code lens, hints and commands."""
