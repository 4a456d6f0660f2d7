"""Passwords of letters alone are told from names and words; both are many."""

import random
import string

import pytest

from byline.repo.anchors.drawn import LIKELY, SURE, is_drawn
from byline.repo.anchors.secrets import redact

NAMES = (
    *("getAccessToken", "XMLHttpRequest", "parser", "getpass", "config_value", "HTTPServerError", "readlines"),
    *("kubernetes", "AbstractFactoryBean", "authentication", "stylesheet", "postgresql", "Kennwortabfrage"),
    *("Wachtwoord", "Salasanasi", "Adgangskode", "credentialsProvider"),
)
FORMS = (
    *("export API_KEY={}", "SECRET_KEY={}", "Authorization: Bearer {}", "curl -u bob:{} https://x"),
    *("sshpass -p {} ssh x", "mysql -uroot -p{} db", "MY_TOKEN={}", "DB_PASSWORD={}", 'password = "{}"'),
    *("redis-cli -a {} ping", "https://h/?key={}", "STRIPE_KEY={}", "vault login {}", "(x, password={})"),
)


def some(rand: random.Random, alphabet: str, count: int) -> str:
    return "".join(rand.choice(alphabet) for _ in range(count))


@pytest.mark.parametrize("name", NAMES)
def test_names_are_not_drawn(name: str) -> None:
    assert not is_drawn(name, LIKELY)
    assert redact(f'token = {name}\npassword = "{name}"\n') == f'token = {name}\npassword = "{name}"\n'


def test_an_alphabet_is_not() -> None:
    assert not is_drawn("abcdefghijklmnop", LIKELY) and not is_drawn("ABCDEFGHIJKLMNOPQRSTUV", LIKELY)


@pytest.mark.parametrize("text", ["QwXrTbZp", "xkqzvwpfmt", "GHqwPzLmVbTr", "KXQZJWVBPFMTRD"])
def test_letters_by_chance_are(text: str) -> None:
    assert is_drawn(text, SURE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("alphabet", "size", "share"), [(string.ascii_letters, 24, 1), (string.ascii_lowercase, 24, 0.97)]
)
def test_a_password_of_letters_is_redacted(form: str, alphabet: str, size: int, share: float) -> None:
    rand = random.Random(7)
    values = [some(rand, alphabet, size) for _ in range(100)]
    assert sum(value not in redact(form.format(value)) for value in values) >= share * len(values)


def test_long_ones_are_without_a_place() -> None:
    rand = random.Random(7)
    values = [some(rand, string.ascii_letters, 44) for _ in range(100)]
    assert not [value for value in values if value in redact(f"then I used {value} and it worked")]


@pytest.mark.parametrize(
    "text",
    [
        "token = parser",
        "password = getpass",
        "API_KEY = config_value",
        'api_key = get_secret("SNOWFLAKE_API_KEY")',
        "secret = strncpy",
        "def _parse(tokens, priority=-1):",
        "Basic cryptography and bearer authentication",
        "bind(token, key2=value3)",
        "export { hashSecret, sdkDebug, setSdkLogger } from 'x'",
    ],
)
def test_code_and_prose_stay(text: str) -> None:
    assert redact(text) == text
