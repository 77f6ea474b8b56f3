"""Money that paid for nothing goes back: one official records the transfer, and another confirms it."""

from tests.journeys.certificates import API, Certificates, OpenedCase
from tests.journeys.door import good


def pay_back(certificates: Certificates, case: OpenedCase, amount: int) -> None:
    """Not by one official alone, and without the reference of the transfer in the ledger."""
    where = f"applications/{case['ticket']}/refunds"
    [owed] = good(certificates.client.get(f"{API}/{where}", headers=certificates.staff("officer")))
    assert owed["amount"] == amount
    reference = "SP2D-" + "".join(filter(str.isalnum, case["ticket"]))
    transfer = {"payment": owed["payment"], "refund": reference}
    certificates.does("supervisor", where, transfer)
    alone = certificates.official("supervisor", f"{where}/confirm", transfer)
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:zona:problem:four_eyes")
    queue = {"queue": "refund"}
    waits = good(
        certificates.client.get(f"{API}/applications", params=queue, headers=certificates.staff("head"))
    )
    assert case["ticket"] in [each["ticket"] for each in waits["applications"]]
    certificates.does("officer", f"{where}/confirm", transfer)
    assert certificates.steps(case)[-2:] == ["refund_reported", "refund_confirmed"]
    assert reference not in certificates.export()
