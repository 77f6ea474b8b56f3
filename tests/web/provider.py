"""Sign-ins as the identity provider gives them, by a key of the test's own; nobody asks over a network."""

import json
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from zi_chassis.service import Service

ISSUER = "http://issuer.example"


KEY = RSAKey.generate_key(2048, parameters={"kid": "test"})


class Provider:
    def __init__(self, of_its_own: bool = False) -> None:
        """With the key that services accept, or with one that nobody knows."""
        self._key = RSAKey.generate_key(2048, parameters={"kid": "test"}) if of_its_own else KEY

    def token(self, sub: str, *roles: str, ttl: int = 600, **claims: Any) -> str:
        expires = int(datetime.now(UTC).timestamp()) + ttl
        payload = {"iss": ISSUER, "aud": "zi", "sub": sub, "exp": expires, "roles": list(roles), **claims}
        return jwt.encode({"alg": "RS256", "kid": "test"}, payload, self._key)

    def serve(self, service: Service) -> None:
        """From now on the service takes these sign-ins."""
        service.identity._keys._fetch = self._published

    async def _published(self) -> Any:
        return json.loads(json.dumps(KeySet([self._key]).as_dict(private=False)))
