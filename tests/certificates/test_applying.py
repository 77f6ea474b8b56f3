from tests.certificates.inside import Inside

from zi_certificates.application import Status


async def test_an_application_comes_from_the_request_to_a_signature(inside: Inside) -> None:
    request = await inside.signed()
    assert (await inside.state(request)).status is Status.ISSUED_UNSEALED
