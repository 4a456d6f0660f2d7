"""Which agents `byline install` picks, and when it asks."""

from .conftest import Person


def test_bare_install_off_a_terminal_shows_and_ends_with_2(person: Person) -> None:
    person.write_settings(b"{}\n")
    done = person.byline("install", code=2)
    assert "would change" in done.stdout
    assert "byline install --yes" in done.stderr
    assert person.settings.read_bytes() == b"{}\n"


def test_bare_install_with_yes(person: Person) -> None:
    person.write_settings(b"{}\n")
    person.byline("install", "--yes")
    assert b"byline" in person.settings.read_bytes()


def test_bare_install_without_any_agent(person: Person) -> None:
    done = person.byline("install", "--yes", code=1)
    assert "byline install claude" in done.stderr


def test_claude_is_found_on_path(person: Person) -> None:
    program = person.bin / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    person.byline("install", "--yes")
    assert person.settings.exists()


def test_dry_run_changes_nothing(person: Person) -> None:
    done = person.byline("install", "claude", "--dry-run")
    assert "+++" in done.stdout
    assert "shim.py" in done.stdout
    assert list(person.home.iterdir()) == []
    person.byline("install", "claude")
    installed = person.settings.read_bytes()
    assert "---" in person.byline("uninstall", "claude", "--dry-run").stdout
    assert person.settings.read_bytes() == installed


def test_an_agent_nobody_knows(person: Person) -> None:
    done = person.byline("install", "hal9000", code=1)
    assert "hal9000" in done.stderr
    assert "claude" in done.stderr


def test_install_needs_no_repository(person: Person) -> None:
    person.byline("install", "claude", cwd=person.home)
    assert person.settings.exists()
