"""Timestamps (RFC 3161): from an authority over HTTP, or from a key of the office itself, which convinces only those who trust the office.

That an office's own clock did not lie is what the ledger's witnesses show; the timestamp makes the signature outlive its certificate."""

import secrets
from datetime import UTC, datetime
from hashlib import sha256

import httpx
from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from zi_letters.seal import LocalSeal

SECONDS, LONGEST = 8.0, 64 * 1024
_POLICY = "2.25.166232608346210943269848991668850535239"  # the policy: whatever the office's clock says
_REPLY = "application/timestamp-reply"


class LocalTimestamps(TimeStamper):
    """Answers as an authority of its own, at a moment that is given."""

    def __init__(self, clock: LocalSeal, at: datetime) -> None:
        TimeStamper.__init__(self)
        key = load_der_private_key(clock.key, None)
        assert isinstance(key, EllipticCurvePrivateKey)
        self._key = key
        self._certificate = x509.Certificate.load(clock.certificate)
        self._at = at.astimezone(UTC).replace(microsecond=0)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self.answer(req)

    def answer(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Anything but SHA-256 is refused."""
        if request["message_imprint"]["hash_algorithm"]["algorithm"].native != "sha256":
            raise TimestampRequestError("no timestamp: the office's clock knows SHA-256 only")
        info = tsp.TSTInfo(self._stated(request)).dump()
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self._token(info)})

    def _stated(self, request: tsp.TimeStampReq) -> dict[str, object]:
        stated: dict[str, object] = {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": request["message_imprint"],
            "serial_number": secrets.randbits(63),
            "gen_time": self._at,
        }
        return stated if request["nonce"].native is None else {**stated, "nonce": request["nonce"]}

    def _token(self, info: bytes) -> cms.ContentInfo:
        algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("message_digest", sha256(info).digest()),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(self._certificate)),
            ]
        )
        names = {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number}
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier("issuer_and_serial_number", names),
                "digest_algorithm": algorithm,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signed_attrs": attributes,
                "signature": self._key.sign(attributes.dump(), ECDSA(SHA256())),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algorithm],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(info),
                },
                "certificates": [self._certificate],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


class HttpTimestamps(TimeStamper):
    """An authority of others. What it answers is believed only after the finished file was checked against the authority's certificate."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        TimeStamper.__init__(self)
        self._url = url
        self._client = client

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query", "Accept": _REPLY}
        try:
            answer = await self._client.post(self._url, content=req.dump(), headers=headers, timeout=SECONDS)
        except httpx.HTTPError as fault:
            raise TimestampRequestError(f"no timestamp: {type(fault).__name__}") from None
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if answer.status_code != httpx.codes.OK or kind != _REPLY or len(answer.content) > LONGEST:
            raise TimestampRequestError(f"no timestamp: the authority answered {answer.status_code}, {kind}")
        try:
            response: tsp.TimeStampResp = tsp.TimeStampResp.load(answer.content, strict=True)
            # A refusal has no token, and the library reads no answer without one.
            assert response["time_stamp_token"] is not None
        except ValueError:
            raise TimestampRequestError(
                "no timestamp: the authority refused, or its answer is malformed"
            ) from None
        return response
