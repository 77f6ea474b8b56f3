import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from zi_chassis.blind_signature import (
    BlindPublicKey,
    BlindSignatureError,
    BlindSigningKey,
    SigningFaultError,
    encode_pss,
    prepare,
)

PREFIX, SALT, SEED = bytes(range(32)), bytes(range(48)), b"a secret seed of the client"


@pytest.fixture(scope="module")
def vector() -> dict[str, str]:
    read: dict[str, str] = json.loads((Path(__file__).parent / "rfc9474.json").read_text())
    return read


@pytest.fixture(scope="module")
def of_vector(vector: dict[str, str]) -> BlindSigningKey:
    p, q = int(vector["p"], 16), int(vector["q"], 16)
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        *(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p)), rsa.RSAPublicNumbers(65537, p * q)
    )
    return BlindSigningKey(numbers)


@pytest.fixture(scope="module")
def key() -> BlindSigningKey:
    return BlindSigningKey.generate(2048)


def test_each_step_gives_the_bytes_of_the_standard(
    vector: dict[str, str], of_vector: BlindSigningKey
) -> None:
    public = of_vector.public
    prepared = prepare(bytes.fromhex(vector["msg"]), bytes.fromhex(vector["msg_prefix"]))
    salt, inverse = bytes.fromhex(vector["salt"]), int(vector["inv"], 16)
    encoded = int.from_bytes(encode_pss(prepared, salt, public.modulus.bit_length() - 1), "big")
    blinded = public.blind_with(encoded, inverse).blinded
    assert blinded.hex() == vector["blinded_msg"]
    blind_signature = of_vector.sign(blinded)
    assert blind_signature.hex() == vector["blind_sig"]
    assert public.finalize(prepared, blind_signature, inverse).hex() == vector["sig"]


def test_what_was_blinded_and_unblinded_is_an_ordinary_signature(key: BlindSigningKey) -> None:
    prepared = prepare(b"token", PREFIX)
    blinding = key.public.blind(prepared, SALT, SEED)
    signature = key.public.finalize(prepared, key.sign(blinding.blinded), blinding.inverse)
    BlindPublicKey.read(key.public.encoded).verify(prepared, signature)
    with pytest.raises(BlindSignatureError):
        key.public.verify(prepare(b"other", PREFIX), signature)


def test_the_same_seed_blinds_the_same_and_the_answer_to_a_repeat_is_the_same(key: BlindSigningKey) -> None:
    first, second = (key.public.blind(b"message", SALT, SEED) for _ in range(2))
    assert first == second
    assert key.sign(first.blinded) == key.sign(second.blinded)


def test_any_blinded_message_leads_to_any_signature(key: BlindSigningKey) -> None:
    n = key.public.modulus
    blinded = key.public.blind(prepare(b"of one case", PREFIX), SALT, SEED).blinded
    foreign = prepare(b"of another case", PREFIX)
    encoded = int.from_bytes(encode_pss(foreign, SALT, n.bit_length() - 1), "big")
    signature = key._power(encoded)
    factor = key._power(int.from_bytes(blinded, "big")) * pow(signature, -1, n) % n
    assert key.public.blind_with(encoded, pow(factor, -1, n)).blinded == blinded


@pytest.mark.parametrize("blinded", [b"", bytes(256), b"\xff" * 256, b"\x01" * 255, b"\x01" * 257])
def test_what_is_out_of_range_is_not_signed(key: BlindSigningKey, blinded: bytes) -> None:
    with pytest.raises(BlindSignatureError):
        key.sign(blinded)


def test_a_wrong_size_is_refused(key: BlindSigningKey) -> None:
    with pytest.raises(BlindSignatureError):
        prepare(b"token", b"short")
    with pytest.raises(BlindSignatureError):
        key.public.finalize(b"message", bytes(10), 1)


def test_a_message_that_shares_a_factor_with_the_modulus_is_not_blinded(key: BlindSigningKey) -> None:
    encoded = int.from_bytes(encode_pss(b"message", SALT, 2047), "big")
    with pytest.raises(BlindSignatureError):
        BlindPublicKey(encoded << 1 | 1 << 2047).blind(b"message", SALT, SEED)


def test_a_faulty_computation_is_not_disclosed(key: BlindSigningKey) -> None:
    numbers = key._numbers
    faulty = BlindSigningKey(
        rsa.RSAPrivateNumbers(
            *(numbers.p, numbers.q, numbers.d, numbers.dmp1 + 2, numbers.dmq1, numbers.iqmp),
            numbers.public_numbers,
        )
    )
    with pytest.raises(SigningFaultError):
        faulty.sign(key.public.blind(b"message", SALT, SEED).blinded)


def test_a_key_is_read_as_it_was_written(key: BlindSigningKey) -> None:
    read = BlindSigningKey.read(key.encoded)
    assert read.public == key.public
    assert read.public.digest == replace(key.public).digest
    assert str(key._numbers.p) not in repr(key)
