"""A push service that lives in the test: real HTTPS on the loopback, and a browser that reads what comes."""

import datetime as dt
import ipaddress
import json
import secrets
import ssl
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from py_vapid import Vapid02

from mailroom.actors.providers.webpush import Keys, Subscription


def base64url(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def point(key):
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def new_private_key():
    """A key of ours, as it stands in the settings."""
    return base64url(
        ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
    )


class Browser:
    """Somebody who has subscribed."""

    def __init__(self, endpoint):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = b"sixteen bytes ab"
        keys = Keys(p256dh=base64url(point(self._key)), auth=base64url(self._secret))
        self.subscription = Subscription(endpoint=endpoint, keys=keys)

    def read(self, body):
        return http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret)


class PushService:
    def __init__(self, url, context):
        self.url = url
        self.context = context
        """For clients: trusts this service, and nobody else."""
        self.requests = []
        self.answers = []
        """(status, headers) for the next requests; 201 when there are none."""

    def browser(self, name="ann"):
        return Browser(f"{self.url}/push/{name}")


def claims_of(request):
    """What the request was signed for; fails if the signature is not good."""
    header = request["headers"]["authorization"]
    assert Vapid02.verify(header)
    middle = header.split("t=")[1].split(",")[0].split(".")[1]
    return json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


@contextmanager
def open_push_service(directory):
    certificate = directory / "push.pem"
    certificate.write_bytes(_self_signed())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.requests.append({"path": self.path, "headers": headers, "body": body})
            status, answer_headers = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in {**answer_headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate)
    server.socket = inside.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_address[1]}"
    service = PushService(url, ssl.create_default_context(cafile=str(certificate)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _self_signed():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"push service {secrets.token_hex(4)}")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
