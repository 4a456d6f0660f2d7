"""Planted secrets and harmless look-alikes. Every secret is put together when the tests run: none stands in a file.

`planted()` are texts that hold one secret each, as prompts, commands, file names, transcripts, commit messages and
configuration files hold them; `harmless()` are texts that must come out as they went in.
"""

import base64
import json
import random
import string
import textwrap
import urllib.parse
import uuid
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = string.ascii_letters + DIGITS
HEX = "0123456789abcdef"
B64 = ALNUM + "+/"
URLSAFE = ALNUM + "_-"


class Planted(NamedTuple):
    """A text with a secret in it."""

    kind: str
    """`cloud`, `token`, `private key`, `url`, `assignment`, `jwt`, `entropy`, `letters`."""
    name: str
    place: str
    """In what it stands: `prompt`, `command`, `file name`, `transcript`, `commit message`, `wrapped`, ..."""
    text: str
    parts: tuple[str, ...]
    """What must not be left of it."""


def _maker(seed: int) -> Callable[[str, int], str]:
    rand = random.Random(seed)

    def make(alphabet: str, count: int) -> str:
        return "".join(rand.choice(alphabet) for _ in range(count))

    return make


def clouds(make: Callable[[str, int], str]) -> dict[str, str]:
    """Credentials of clouds."""
    azure = make(B64, 86) + "=="
    account = "Account" + "Key="
    return {
        "aws access key id": "AK" + "IA" + make(UPPER + "234567", 16),
        "aws temporary key id": "AS" + "IA" + make(UPPER + "234567", 16),
        "google api key": "AI" + "za" + "Sy" + make(URLSAFE, 33),
        "google oauth secret": "GOC" + "SPX-" + make(URLSAFE, 28),
        "google oauth token": "ya" + "29." + make(URLSAFE, 68),
        "azure storage": f"DefaultEndpointsProtocol=https;AccountName=shop;{account}{azure};EndpointSuffix=x",
        "azure client secret": make(ALNUM, 3) + "8Q~" + make(URLSAFE, 34),
        "alibaba key id": "LT" + "AI" + make(ALNUM, 20),
        "tencent key id": "AK" + "ID" + make(ALNUM, 32),
        "digitalocean": "do" + "p_v1_" + make(HEX, 64),
        "heroku": "HR" + "KU-AA" + make(URLSAFE, 58),
        "flyio": "fo1_" + make(URLSAFE, 43),
        "vault": "hv" + "s." + make(URLSAFE, 24) + make(ALNUM, 66),
        "databricks": "da" + "pi" + make(HEX, 32),
        "planetscale": "pscale_" + "tkn_" + make(URLSAFE, 43),
        "scaleway": "SCW" + make(UPPER + DIGITS, 17),
        "supabase": "sb" + "p_" + make(HEX, 40),
        "pulumi": "pu" + "l-" + make(HEX, 40),
        "terraform": make(ALNUM, 14) + ".atlas" + "v1." + make(URLSAFE, 67),
        "doppler": "dp" + ".pt." + make(ALNUM, 43),
    }


def tokens(make: Callable[[str, int], str]) -> dict[str, str]:
    """Tokens that vendors give out, in their own shapes."""
    return {
        "github classic": "gh" + "p_" + make(ALNUM, 36),
        "github oauth": "gh" + "o_" + make(ALNUM, 36),
        "github app": "gh" + "s_" + make(ALNUM, 36),
        "github fine": "github" + "_pat_" + make(ALNUM, 22) + "_" + make(ALNUM, 59),
        "gitlab": "gl" + "pat-" + make(URLSAFE, 20),
        "gitlab runner": "gl" + "rt-" + make(URLSAFE, 20),
        "bitbucket": "AT" + "BB" + make(ALNUM, 24) + make(HEX.upper(), 8),
        "atlassian": "ATAT" + "T3xFfGF0" + make(URLSAFE, 180) + "=" + make(HEX.upper(), 8),
        "anthropic": "sk-" + "ant-api03-" + make(URLSAFE, 93) + "AA",
        "openai": "sk-" + "proj-" + make(URLSAFE, 74) + "T3Blbk" + "FJ" + make(URLSAFE, 74),
        "openai old": "sk-" + make(ALNUM, 20) + "T3Blbk" + "FJ" + make(ALNUM, 20),
        "openrouter": "sk-" + "or-v1-" + make(HEX, 64),
        "groq": "gs" + "k_" + make(ALNUM, 52),
        "hugging face": "hf" + "_" + make(string.ascii_letters, 34),
        "replicate": "r8" + "_" + make(ALNUM, 37),
        "perplexity": "pp" + "lx-" + make(ALNUM, 48),
        "xai": "xa" + "i-" + make(ALNUM, 80),
        "slack bot": "xo" + "xb-" + make(DIGITS, 12) + "-" + make(DIGITS, 12) + "-" + make(ALNUM, 24),
        "slack user": "xo" + "xp-" + "-".join(make(DIGITS, 12) for _ in range(3)) + "-" + make(HEX, 32),
        "slack app": "xa" + "pp-1-" + make(UPPER + DIGITS, 11) + "-" + make(DIGITS, 13) + "-" + make(HEX, 64),
        "slack hook": "https://hooks.slack"
        + ".com/services/T"
        + make(UPPER + DIGITS, 10)
        + "/B"
        + make(UPPER + DIGITS, 10)
        + "/"
        + make(ALNUM, 24),
        "discord hook": "https://discord" + ".com/api/webhooks/" + make(DIGITS, 18) + "/" + make(URLSAFE, 68),
        "discord bot": "MT" + make(ALNUM, 24) + "." + make(ALNUM, 6) + "." + make(URLSAFE, 38),
        "telegram": make(DIGITS[1:], 10) + ":A" + "A" + make(URLSAFE, 33),
        "stripe": "sk" + "_live_" + make(ALNUM, 24),
        "stripe restricted": "rk" + "_live_" + make(ALNUM, 24),
        "stripe hook": "wh" + "sec_" + make(ALNUM, 32),
        "square": "sq0" + "atp-" + make(URLSAFE, 22),
        "shopify": "sh" + "pat_" + make(HEX, 32),
        "twilio": "S" + "K" + make(HEX, 32),
        "sendgrid": "S" + "G." + make(URLSAFE, 22) + "." + make(URLSAFE, 43),
        "mailgun": "key-" + make(HEX, 32),
        "mailchimp": make(HEX, 32) + "-us" + "12",
        "npm": "np" + "m_" + make(ALNUM, 36),
        "pypi": "py" + "pi-AgEIcHlwaS5vcmc" + make(URLSAFE, 70),
        "rubygems": "ruby" + "gems_" + make(HEX, 48),
        "docker hub": "dckr" + "_pat_" + make(URLSAFE, 27),
        "linear": "lin" + "_api_" + make(ALNUM, 40),
        "notion": "nt" + "n_" + make(DIGITS, 11) + make(ALNUM, 35),
        "figma": "fi" + "gd_" + make(URLSAFE, 40),
        "postman": "PM" + "AK-" + make(HEX, 24) + "-" + make(HEX, 34),
        "grafana": "gl" + "sa_" + make(ALNUM, 32) + "_" + make(HEX, 8),
        "sentry": "sntr" + "ys_eyJ" + make(B64, 60) + "_" + make(B64, 43),
        "new relic": "NR" + "AK-" + make(UPPER + DIGITS, 27),
        "dynatrace": "dt0" + "c01." + make(UPPER + "234567", 24) + "." + make(UPPER + "234567", 64),
        "airtable": "pat" + make(ALNUM, 14) + "." + make(HEX, 64),
        "cloudinary": "cloud" + "inary://" + make(DIGITS, 15) + ":" + make(URLSAFE, 27) + "@shop",
        "facebook": "EAA" + "CEdEose0cBA" + make(ALNUM, 60),
        "easypost": "EZ" + "AK" + make(ALNUM, 54),
        "buildkite": "bk" + "ua_" + make(HEX, 40),
        "tailscale": "tskey" + "-auth-" + make(ALNUM, 12) + "CNTRL-" + make(ALNUM, 32),
        "1password": "ops" + "_eyJ" + make(B64, 260),
    }


def private_keys(make: Callable[[str, int], str]) -> dict[str, str]:
    """Private keys as they stand in files, on many lines."""

    def pem(kind: str, size: int) -> str:
        body = "\n".join(textwrap.wrap(make(B64, size), 64))
        return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"

    private = "PRIVATE " + "KEY"
    putty = "\n".join(textwrap.wrap(make(B64, 256), 64))
    return {
        "rsa": pem(f"RSA {private}", 1588),
        "ec": pem(f"EC {private}", 160),
        "openssh": pem(f"OPENSSH {private}", 388),
        "pkcs8": pem(private, 1620),
        "encrypted": pem(f"ENCRYPTED {private}", 1600),
        "pgp": pem(f"PGP {private} BLOCK", 1700),
        "putty": "PuTTY-User-Key-" + f"File-3: ssh-rsa\nEncryption: none\nComment: ada\nPublic-Lines: 1\nAAAAB3Nza\n"
        f"Private-{'Lines'}: 4\n{putty}\nPrivate-MAC: {make(HEX, 64)}",
        "age": "AGE-SECRET" + "-KEY-1" + make("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
        "unfinished": f"-----BEGIN RSA {private}-----\n" + "\n".join(textwrap.wrap(make(B64, 640), 64)),
    }


def passwords(make: Callable[[str, int], str]) -> Iterator[tuple[str, str, str, str]]:
    """Kind, name, text and password: in addresses, in assignments of many languages and formats."""
    word = make(ALNUM, 6) + "-" + make(ALNUM, 7)
    for scheme in ("postgres", "mysql", "mongodb+srv", "redis", "amqp", "https", "ftp", "ldap"):
        yield "url", scheme, f"{scheme}://ada:{word}@db.example.org:5432/shop", word
    yield "url", "empty user", f"redis://:{word}@cache:6379/0", word
    yield "url", "git remote", f"git remote add o https://ci:{word}@git.example.org/a.git", word
    quoted = urllib.parse.quote(f"p@{word}/x", safe="")
    yield "url", "encoded", f"postgres://ada:{quoted}@db/shop", quoted
    yield from _assigned("assignment", make(ALNUM + "!#%*", 18), make(URLSAFE, 40), make)
    for name, alphabet in (("mixed", string.ascii_letters), ("lower", LOWER)):
        for size in (8, 10, 12, 16, 24):
            yield from _letters(f"{size} {name}", alphabet, size, make)
    for name, alphabet, size in (("hex", HEX, 40), ("base64", B64, 44), ("alnum", ALNUM, 32)):
        for word in ("secret_access_key", "auth_token", "apikey", "credentials", "client-secret"):
            text = make(alphabet, size)
            yield "entropy", f"{name} {word}", f"{word} = {text}", text
    for name, text in (("base64", make(B64, 56)), ("url-safe", make(URLSAFE, 48)), ("mixed", make(ALNUM, 44))):
        yield "entropy", f"bare {name}", f"then I used {text} and it worked", text
    aws = make(B64, 40)
    yield "cloud", "aws secret", f"aws_secret_access_key = {aws}", aws
    azure = make(B64, 86) + "=="
    yield "cloud", "azure shared key", f'"AccountKey": "{azure}"', azure


def _letters(
    name: str, alphabet: str, size: int, make: Callable[[str, int], str]
) -> Iterator[tuple[str, str, str, str]]:
    """Another password of letters alone at each place."""
    for number, (_, place, _, _) in enumerate([*_assigned("letters", "a", "a", make)]):
        value = make(alphabet, size)
        _, _, text, secret = [*_assigned("letters", value, value, make)][number]
        if secret == value:
            yield "letters", f"{name}, {place}", text, secret


def _assigned(
    kind: str, value: str, token: str, make: Callable[[str, int], str]
) -> Iterator[tuple[str, str, str, str]]:
    """The same of one password, in assignments and commands; `token` is what a header has."""
    lines = {
        "python": f'DB_PASSWORD = "{value}"',
        "python dict": f"config = {{'password': '{value}', 'user': 'ada'}}",
        "python argument": f'connect(host="db", password="{value}")',
        "javascript": f"const apiSecret = '{value}';",
        "typescript object": f'  authToken: "{value}",',
        "json": f'{{"client_secret": "{value}"}}',
        "yaml": f"  password: {value}",
        "yaml quoted": f'  db-password: "{value}"',
        "toml": f'secret_key = "{value}"',
        "ini": f"passwd={value}",
        "env": f"export SESSION_SECRET={value}",
        "env key": f"export API_KEY={value}",
        "env token": f"MY_TOKEN={value}",
        "env quoted": f'STRIPE_WEBHOOK_SECRET="{value}"',
        "properties": f"spring.datasource.password={value}",
        "xml": f"<password>{value}</password>",
        "xml attribute": f'<add key="x" connectionString="Server=db;User Id=sa;Password={value};" />',
        "java": f'String dbPassword = "{value}";',
        "go": f'apiKey := "{value}"',
        "rust": f'let access_token: &str = "{value}";',
        "php": f"define('DB_PASSWORD', '{value}');",
        "php array": f"'password' => '{value}',",
        "ruby": f'  secret_key_base: "{value}"',
        "c": f'#define WIFI_PASSWORD "{value}"',
        "sql": f"ALTER USER ada WITH PASSWORD '{value}';",
        "sql mysql": f"CREATE USER 'ada'@'%' IDENTIFIED BY '{value}';",
        "dockerfile": f"ENV POSTGRES_PASSWORD={value}",
        "terraform": f'  admin_password = "{value}"',
        "powershell": f'$Password = "{value}"',
        "netrc": f"machine example.org login ada password {value}",
        "curl user": f"curl -u ada:{value} https://example.org/x",
        "curl header": f'curl -H "X-Api-Key: {value}" https://example.org',
        "authorization basic": f"Authorization: Basic {base64.b64encode(f'ada:{value}'.encode()).decode()}",
        "authorization bearer": f"Authorization: Bearer {token}",
        "mysql command": f"mysql -u root -p{value} shop",
        "option": f"deploy --password {value} --host db",
        "option equals": f"deploy --api-key={value}",
        "sshpass": f"sshpass -p '{value}' ssh ada@example.org",
        "docker login": f"docker login -u ada -p {value}",
        "query": f"GET https://example.org/v1?access_token={urllib.parse.quote(value)}&page=2",
        "npmrc": f"//registry.npmjs.org/:_authToken={value}",
        "pgpass": f"PGPASSWORD={value} psql -h db",
        "htpasswd": f"ada:$apr1${make(ALNUM, 8)}${make(ALNUM, 22)}",
        "prose": f"the database password is {value}",
    }
    for name, text in lines.items():
        secret = value
        if name == "authorization basic" or name == "authorization bearer":
            secret = text.rpartition(" ")[2]
        elif name == "query":
            secret = urllib.parse.quote(value)
        elif name == "htpasswd":
            secret = text.rpartition("$")[2]
        yield kind, name, text, secret


def jwts(make: Callable[[str, int], str]) -> dict[str, str]:
    """JSON web tokens."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    return {
        "signed": f"{head}.{part({'sub': '1', 'name': 'Ada'})}.{make(URLSAFE, 43)}",
        "long": f"{head}.{part({'sub': make(ALNUM, 60), 'scope': 'all'})}.{make(URLSAFE, 86)}",
    }


def _single(secret: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Places at which a secret of one line stands: name, text, what must not be left."""
    yield "prompt", f"use this key {secret} when you call it, please", (secret,)
    yield "command", f"curl -sS -H 'X-Key: {secret}' https://example.org/v1", (secret,)
    yield "file name", f"keys/{secret}.txt", (secret,)
    yield (
        "transcript",
        json.dumps({"role": "user", "content": f"KEY={secret}\nrun it"}),
        (secret, json.dumps(secret)[1:-1]),
    )
    yield "commit message", f"Rotate the key\n\nThe old one was {secret}.\n", (secret,)
    yield "quoted", f'api_key = "{secret}"', (secret,)
    yield "escaped", json.dumps(json.dumps({"env": f'K="{secret}"'})), (secret,)
    encoded = urllib.parse.quote(secret, safe="")
    yield "url-encoded", f"https://example.org/cb?key={encoded}&x=1", (encoded,)
    yield "markdown", f"- the key is `{secret}`", (secret,)


def _many(secret: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The same of a secret of several lines."""
    lines = [line for line in secret.split("\n") if len(line) > 40 and " " not in line]
    yield "prompt", f"here it is:\n{secret}\nthanks", tuple(lines)
    yield "transcript", json.dumps({"content": f"cat key\n{secret}\n"}), tuple(lines)
    yield "escaped", json.dumps(json.dumps({"key": secret})), tuple(lines)
    yield "indented", textwrap.indent(secret, "    "), tuple(lines)
    yield "crlf", secret.replace("\n", "\r\n"), tuple(lines)
    yield "quoted", "\n".join(f"> {line}" for line in secret.split("\n")), tuple(lines)
    yield "diff", "\n".join(f"+{line}" for line in secret.split("\n")), tuple(lines)


def planted(seed: int = 7) -> list[Planted]:
    """Every secret at every place it can stand."""
    make = _maker(seed)
    found: list[Planted] = []
    for kind, known in (("cloud", clouds(make)), ("token", tokens(make)), ("jwt", jwts(make))):
        for name, secret in known.items():
            found += [Planted(kind, name, place, text, parts) for place, text, parts in _single(secret)]
            if len(secret) > 50 and "://" not in secret:
                middle = len(secret) // 2
                wrapped = f"the key, on two lines:\n{secret[:middle]}\n{secret[middle:]}"
                found.append(Planted(kind, name, "wrapped", wrapped, (secret[:middle],)))
    for name, secret in private_keys(make).items():
        found += [Planted("private key", name, place, text, parts) for place, text, parts in _many(secret)]
    for kind, name, text, secret in passwords(make):
        for place, whole in (
            ("line", text),
            ("prompt", f"please fix this:\n{text}\nit fails"),
            ("transcript", json.dumps({"type": "tool_use", "input": {"command": text}})),
            ("commit message", f"Fix the connection\n\n{text}\n\nSee #12.\n"),
        ):
            left = (secret, json.dumps(secret)[1:-1]) if place == "transcript" else (secret,)
            found.append(Planted(kind, name, place, whole, left))
    return found


def harmless(seed: int = 11) -> list[tuple[str, str]]:
    """Name and text of what must pass unchanged."""
    make = _maker(seed)
    rand = random.Random(seed)
    sha1, sha256 = make(HEX, 40), make(HEX, 64)
    some_id = str(uuid.UUID(int=rand.getrandbits(128), version=4))
    image = base64.b64encode(zlib.compress(bytes(rand.getrandbits(8) for _ in range(90)))).decode()
    return [
        ("git sha", f"This reverts commit {sha1}."),
        ("git sha short", f"fixup! {sha1[:7]} parse the header"),
        ("git shas", f"rebase {sha1[:12]}..{make(HEX, 12)} onto {make(HEX, 40)}"),
        ("git sha256", f"commit {sha256}"),
        ("git diff", f"diff --git a/x b/x\nindex {make(HEX, 7)}..{make(HEX, 7)} 100644\n--- a/x\n+++ b/x"),
        ("snapshot id", f'{{"before_id": "{sha1}", "after_id": "{make(HEX, 40)}"}}'),
        ("uuid", f"session {some_id} ended"),
        ("uuid key", f'"session_id": "{some_id}"'),
        ("agent id", f"toolu_01{make(ALNUM, 22)} returned"),
        ("call id", f'"call_id": "call_{make(ALNUM, 24)}"'),
        ("msg id", f'"id": "msg_01{make(ALNUM, 22)}"'),
        ("image", f"![dot](data:image/png;base64,iVBORw0KGgo{image})"),
        ("integrity", f'"integrity": "sha512-{make(B64, 86)}=="'),
        ("integrity html", f'<script integrity="sha384-{make(B64, 64)}"></script>'),
        ("go.sum", f"github.com/a/b v1.2.3 h1:{make(B64, 43)}="),
        ("go.sum mod", f"github.com/a/b v1.2.3/go.mod h1:{make(B64, 43)}="),
        ("cargo.lock", f'checksum = "{sha256}"'),
        ("poetry.lock", f'    {{file = "a-1.0.tar.gz", hash = "sha256:{sha256}"}},'),
        ("requirements", f"a==1.0 --hash=sha256:{sha256}"),
        ("docker digest", f"FROM python@sha256:{sha256}"),
        ("md5", f"md5sum: {make(HEX, 32)}  file.iso"),
        ("etag", f'ETag: "{make(HEX, 32)}"'),
        ("placeholder changeme", 'password = "changeme"'),
        ("placeholder angle", 'api_key = "<your-key>"'),
        ("placeholder your", 'API_KEY = "your-api-key-here"'),
        ("placeholder x", 'token = "xxxxxxxxxxxxxxxxxxxx"'),
        ("placeholder stars", "password: ********"),
        ("placeholder example", 'secret = "example"'),
        ("placeholder env", "password = ${DB_PASSWORD}"),
        ("placeholder shell", 'curl -H "Authorization: Bearer $TOKEN" https://example.org'),
        ("placeholder mustache", "password: {{ vault_password }}"),
        ("placeholder actions", "token: ${{ secrets.GITHUB_TOKEN }}"),
        ("placeholder dots", 'OPENAI_API_KEY="sk-..."'),
        ("placeholder url", "postgres://user:password@localhost:5432/db"),
        ("placeholder url var", "postgres://$USER:$PASSWORD@localhost/db"),
        ("placeholder url angle", "https://<user>:<token>@example.org/x"),
        ("placeholder redacted", "password=[REDACTED]"),
        ("code env", 'token = os.environ["GITHUB_TOKEN"]'),
        ("code getenv", 'password := os.Getenv("DB_PASSWORD")'),
        ("code attribute", "self.password = config.database.password"),
        ("code call", "api_key = load_key_from_keyring(service_name)"),
        ("code call 2", "const token = await getAccessToken(user);"),
        ("code type", "def login(user: str, password: str | None = None) -> Token:"),
        ("code type ts", "interface Login { password: string; token?: string }"),
        ("code schema", '"password": {"type": "string", "minLength": 8}'),
        ("code message", 'raise ValueError("the password must have 8 characters")'),
        ("code token", "token = tokens[position]; if token.kind == TokenKind.NAME:"),
        ("code tokenizer", "max_tokens=4096, token_count=len(tokenizer.encode(text))"),
        ("code css", ".password-field::placeholder { color: #aabbcc; }"),
        ("code html", '<input type="password" name="password" placeholder="Password">'),
        ("code regex", r're.compile(r"password\s*=\s*(\S+)")'),
        ("code sql", "SELECT password_hash FROM users WHERE token = ?"),
        ("code const", 'SECRET_HEADER = "X-Request-Secret"'),
        ("code path", 'private_key = Path("certs/server.key")'),
        ("code path 2", "ssl_certificate_key /etc/nginx/certs/server.key;"),
        ("code import", "from django.contrib.auth.hashers import make_password, check_password"),
        ("code long name", "def test_the_access_token_is_refreshed_when_it_has_expired_twice() -> None:"),
        ("code camel", "AbstractAuthenticationTokenRefreshStrategyFactoryBeanProviderImplementation()"),
        ("code path long", "src/main/java/org/example/authentication/token/RefreshTokenServiceImplementation.java"),
        ("code constants", "ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'"),
        ("public key", f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{make(B64, 43)} ada@example.org"),
        (
            "certificate",
            "-----BEGIN CERTIFICATE-----\n"
            + "\n".join(textwrap.wrap(make(B64, 640), 64))
            + "\n-----END CERTIFICATE-----",
        ),
        (
            "public pem",
            "-----BEGIN PUBLIC KEY-----\n"
            + "\n".join(textwrap.wrap(make(B64, 320), 64))
            + "\n-----END PUBLIC KEY-----",
        ),
        ("prose", "fix: token parsing in src/token.py handles nested quotes"),
        ("prose 2", "The password reset mail was sent twice; now the token is used once."),
        ("prose 3", "Add a secret santa generator. Passwords: none needed, tokens: optional."),
        ("prose 4", "sk-learn is not a key, neither is task-force-alpha or risk_live_data"),
        ("prose key", "key: value pairs are sorted; the api key: see the docs"),
        ("trailer", "Co-authored-by: Bob <bob@example.org>\nSigned-off-by: Ada <ada@example.org>"),
        ("change id", f"Change-Id: I{sha1}"),
        ("url", "see https://example.org/a?token and ssh://git@example.org/x"),
        (
            "url long",
            "https://github.com/a/b/blob/main/src/authentication/handlers/password_reset_controller.py#L10-L42",
        ),
        ("url sha", f"https://github.com/a/b/commit/{sha1}"),
        ("version", "bump react from 18.2.0 to 19.0.1 and token-types to 6.0.0"),
        ("test id", "tests/unit/auth/test_tokens.py::test_expired[refresh-token-with-scope-admin]"),
        ("numbers", "3.14159265358979323846264338327950288419716939937510582097494459"),
        ("phone", "call 0123 456789 or 555-0100; ISBN 978-3-16-148410-0"),
        ("time", "2026-11-21T07:09:45.123456789Z retry after 1700000000000 ms"),
        ("hex colours", "--shade: #1a2b3c; --other: #ffeedd;"),
        ("lockfile", f'resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#{sha1}"'),
        ("nix", f'sha256 = "{make("0123456789abcdfghijklmnpqrsvwxyz", 52)}";'),
        ("model", '"model": "claude-sonnet-4-5-20250929"'),
        (
            "minified",
            "!function(e,t){e.exports=t(n(1),n(2))}(this,function(e,t){return e+t});var a0b1c2=d3e4f5(g6h7i8);",
        ),
        ("emoji", "✨ add the token 🔑 page — naïve façade"),
    ]
