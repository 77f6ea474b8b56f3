"""A message planted in another's name, from the ledger that hears it to the outsider who has the published files alone."""

from tests.audit.log_home import Home, Sender
from tests.audit.test_lane_notes import forged
from tests.audit.web import Web
from tests.until import until

from zi_audit.domain.arrival import Arrival
from zi_audit.files.tile_folder import POLICY
from zi_audit.read.index import Index
from zi_tlog.policy import parse_policy
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import FolderSource
from zi_verify.verdict import Failed, Included


def replayed(home: Home, memory: Memory) -> LogReport:
    policy = parse_policy(home.read(POLICY))
    return replay(
        FolderSource(home.folder / "tiles"), Demand(policy, is_pinned=True), memory, lambda *_: None
    )


async def test_what_the_ledger_records_of_a_planted_message_is_what_an_outsider_needs(
    web: Web, home: Home, intake: Sender
) -> None:
    memory, log = Memory(None), home.opened()
    log.append(intake.say(3))
    assert replayed(home, memory).verdict == Included()
    log.append([Arrival("notify", 1, forged(intake))])
    log.append(intake.say(2))
    assert isinstance(replayed(home, memory).verdict, Failed)

    await web.indexed(6)
    index: Index = web.app.state.index
    await until(lambda: not index.unreported())
    log.append([Arrival("audit", row.position, row.message) for row in web.store.messages(0, 10)])
    report = replayed(home, memory)
    assert report.verdict == Included()
    (remark,) = [remark.en for remark in report.remarks if "anomaly" in remark.en]
    assert remark.startswith("Recorded anomaly: entry 3: came by the lane of notify in another's name")
    assert remark.endswith("set aside; not acknowledged.")
    assert report.senders["/zi/balai-contoh/intake"] == 5
