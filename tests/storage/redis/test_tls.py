"""Every TLS option of a Redis URL is honoured, or refused by its name."""

import asyncio
import datetime as dt
import shutil
import ssl
import subprocess
import time
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailroom.ops.faults import CannotStartError
from mailroom.ops.preflight import require_redis
from mailroom.storage.redis.tls import TlsOptionError, context_of, known, read_url
from mailroom.storage.redis.wire import connect
from tests.acceptance.processes import free_port

NOW = dt.datetime.now(dt.UTC)


def certificate(name, issuer=None, issuer_key=None, *, hosts=()):
    """A certificate and its key; by itself, or by somebody."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(hours=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(hosts)), critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256()), key


def write(folder, name, made, password=None):
    cert, key = made
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    (folder / f"{name}.crt").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    ca, ca_key = certificate("authority")
    write(folder, "ca", (ca, ca_key))
    write(
        folder, "server", certificate("server", ca, ca_key, hosts=[x509.IPAddress(ip_address("127.0.0.1"))])
    )
    write(folder, "client", certificate("client", ca, ca_key), password=b"pass")
    write(folder, "stranger", certificate("stranger"))
    return folder


@pytest.fixture(scope="module")
def port(certificates):
    """A Redis that wants a certificate of ours, over TLS 1.2 alone; under `localhost` its own is not its."""
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        pytest.skip("no redis-server on PATH")
    port, folder = free_port(), certificates
    command = [
        *(server, "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", ""),
        *("--tls-cert-file", folder / "server.crt", "--tls-key-file", folder / "server.key"),
        *("--tls-ca-cert-file", folder / "ca.crt", "--tls-auth-clients", "yes", "--tls-protocols", "TLSv1.2"),
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert child.stdout is not None
        line = child.stdout.readline()
        if b"eady to accept" in line:
            break
        if not line:
            child.wait()
            pytest.skip("this redis-server was built without TLS")
    yield port
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.fixture
def url(certificates, port):
    """A URL with all that is needed, and these options changed or left out (None)."""

    def make(host="127.0.0.1", **options):
        wanted = {
            "ssl_ca_certs": certificates / "ca.crt",
            "ssl_certfile": certificates / "client.crt",
            "ssl_keyfile": certificates / "client.key",
            "ssl_password": "pass",
            **options,
        }
        said = "&".join(f"{name}={value}" for name, value in wanted.items() if value is not None)
        return f"rediss://{host}:{port}?{said}"

    return make


def connects(url):
    async def ask():
        async with asyncio.timeout(10):
            wire = await connect(url, "tls")
            wire.abort(ConnectionError("enough"))

    try:
        asyncio.run(ask())
    except (ssl.SSLError, OSError) as error:
        return str(error) or type(error).__name__
    return ""


def test_a_certificate_of_ours_is_shown(url):
    assert connects(url()) == ""
    require_redis(url())


def test_a_server_that_wants_a_certificate_refuses_whoever_shows_none(url):
    assert connects(url(ssl_certfile=None, ssl_keyfile=None, ssl_password=None)) != ""


def test_a_server_of_an_unknown_authority_is_refused_unless_nobody_is_to_check(url, certificates):
    assert "CERTIFICATE_VERIFY_FAILED" in connects(url(ssl_ca_certs=certificates / "stranger.crt"))
    assert connects(url(ssl_ca_certs=certificates / "stranger.crt", ssl_cert_reqs="none")) == ""


def test_the_name_of_the_server_is_checked_unless_the_url_says_otherwise(url):
    assert "Hostname mismatch" in connects(url("localhost"))
    assert connects(url("localhost", ssl_check_hostname="false")) == ""
    assert "Hostname mismatch" in connects(url("localhost", ssl_check_hostname="true"))


def test_an_authority_can_stand_in_the_url_itself(url, certificates):
    from urllib.parse import quote

    text = quote((certificates / "ca.crt").read_text())
    assert connects(url(ssl_ca_certs=None, ssl_ca_data=text)) == ""


def test_a_least_version_and_ciphers_are_honoured(url):
    assert connects(url(ssl_min_version=int(ssl.TLSVersion.TLSv1_2))) == ""
    assert connects(url(ssl_min_version=int(ssl.TLSVersion.TLSv1_3))) != ""
    assert connects(url(ssl_ciphers="ECDHE-ECDSA-AES256-GCM-SHA384")) == ""
    assert connects(url(ssl_ciphers="ECDHE-RSA-AES256-GCM-SHA384")) != ""


def test_flags_of_the_check_are_honoured():
    context = context_of(read_url("rediss://h?ssl_include_verify_flags=VERIFY_CRL_CHECK_LEAF"))
    assert context.verify_flags & ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    context = context_of(read_url("rediss://h?ssl_exclude_verify_flags=VERIFY_X509_TRUSTED_FIRST"))
    assert not context.verify_flags & ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("ssl_ca_cert=/x", "ssl_ca_cert is no option that is known here"),
        ("ssl_validate_ocsp=true", "ssl_validate_ocsp is no option that is known here"),
        ("ssl_ca_certs=/no/such/file", "ssl_ca_certs cannot be read: No such file"),
        ("ssl_certfile=/no/such/file", "ssl_certfile cannot be used: No such file"),
        ("ssl_keyfile=/no/such/file", "ssl_keyfile is of no use without ssl_certfile"),
        ("ssl_cert_reqs=maybe", "ssl_cert_reqs has a value that means nothing"),
        ("ssl_min_version=7", "ssl_min_version has a value that means nothing"),
        ("ssl_min_version=seven", "ssl_min_version"),
        ("ssl_ciphers=none-such", "ssl_ciphers has a value that means nothing"),
        ("ssl_include_verify_flags=NONE_SUCH", "ssl_include_verify_flags"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_its_name(options, named):
    with pytest.raises(CannotStartError) as raised:
        require_redis(f"rediss://127.0.0.1:1?{options}")
    assert str(raised.value).startswith("REDIS_URL: ")
    assert named in str(raised.value)


def test_options_of_tls_without_tls_are_refused():
    with pytest.raises(TlsOptionError, match="ssl_ca_certs says something of TLS, which only rediss:// has"):
        read_url("redis://h?ssl_ca_certs=/x")


def test_every_option_of_redis_py_is_known_here():
    import inspect

    from redis.asyncio.connection import SSLConnection

    theirs = {
        name for name in inspect.signature(SSLConnection.__init__).parameters if name.startswith("ssl_")
    }
    assert theirs == set(known())
