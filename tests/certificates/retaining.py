"""Commands and rules of the tests about how long data are kept."""

from pathlib import Path

from tests.certificates.inside import DEMO_RULES
from tests.certificates.officials import MONDAY, staff

from zi_certificates.domain.retention import EndRetention, HoldData, Lifters, LiftHold
from zi_contracts.configuration import Pin

TICKET = "3C7K9M2Q5"
LIFTERS = Lifters(
    listed=frozenset({"supervisor-eka", "head-dewi"}),
    decided=frozenset({"head-dewi"}),
    interested=frozenset(),
)
HOLD = HoldData(by=staff("officer-ani", "officer"), ticket=TICKET, reason="objection", lifters=LIFTERS)
LIFT = LiftHold(by=staff("supervisor-eka", "supervisor"), ticket=TICKET, lifters=LIFTERS)
END = EndRetention(
    by=staff("officer-gita", "officer"),
    ticket=TICKET,
    needed=None,
    ended=MONDAY,
    rules=Pin(id="certificate_retention", version=2),
    decided_by=frozenset({"evaluator-ani", "supervisor-eka"}),
)
KEPT_A_YEAR = """
version = {version}
[[office]]
kinds = ["ski_border", "ski_post_border"]
years = {years}
source = "Keputusan contoh"
source_status = "verified"
"""


def rules_folder(folder: Path, years: int = 1, version: int = 2) -> Path:
    """The demonstration's rules, and a time for which the office keeps data."""
    folder.mkdir(exist_ok=True)
    for file in DEMO_RULES.glob("*.*"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "certificate_retention.toml").write_text(KEPT_A_YEAR.format(years=years, version=version))
    return folder
