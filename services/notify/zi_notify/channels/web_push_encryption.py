"""Encrypt a notice for one browser (RFC 8291, in the coding aes128gcm of RFC 8188), and state to its push service who sends it (RFC 8292)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RECORD_SIZE = 4096
LAST_RECORD = b"\2"  # RFC 8188, 2
AUTH, SALT = 16, 16
VALID = timedelta(hours=12)  # RFC 8292, 2: at most a day


@dataclass(frozen=True)
class Browser:
    """The address at a push service, and the keys that the browser made for it: a point of P-256 and a secret."""

    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError for what no browser makes."""
        if len(self.auth) != AUTH:
            raise ValueError(f"The secret has {AUTH} bytes.")
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, self.p256dh)


def encrypted(content: bytes, browser: Browser, salt: bytes, sender: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the body of the request. `salt` and `sender` must be new for each message."""
    reader = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.p256dh)
    shared, point = sender.exchange(ec.ECDH(), reader), point_of(sender)
    secret = _derived(shared, browser.auth, b"WebPush: info\0" + browser.p256dh + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, content + LAST_RECORD, None)
    return salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(point)]) + point + sealed


def sender_header(endpoint: str, contact: str, key: ec.EllipticCurvePrivateKey, at: datetime) -> str:
    """Return the field Authorization: it holds at this push service alone, and for half a day."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((at + VALID).timestamp()), "sub": contact}
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = jwt.encode(
        {"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(written), algorithms=["ES256"]
    )
    return f"vapid t={token}, k={public_text(key)}"


def office_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Derive the key of the office from a secret, so that it is the same after a restart and restored with it."""
    number = int.from_bytes(_derived(secret, b"", b"zona/web-push/v1", 48), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, CURVE)


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    return urlsafe_b64encode(point_of(key)).decode().rstrip("=")


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def bytes_of(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
