"""docs/witness.md word for word, on ports and a home folder of the test's own; then the first office tries to tell another story."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.journeys import records
from tests.journeys.citizens import citizens
from tests.journeys.door import Door
from tests.journeys.house import PLAIN, ROOT, House, await_
from tests.journeys.tools import verify_log
from tests.ports import free_range
from tests.tlog.naive_tree import Stored

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import PolicyError, parse_policy
from zi_tlog.tile import TileHashes
from zi_tlog.tree import consistency_proof, leaf_hash
from zi_tlog.witness import SIZE_TYPE, AddCheckpoint, monitoring_path, parse_size

pytestmark = pytest.mark.journey

DOCUMENT = (ROOT / "docs/witness.md").read_text()
FIRST, SECOND = "zona-first", "zona-second"


class Newcomer:
    """Types what the document shows; a line that ends in `make up` is a terminal in which an office runs until it is started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = {"8080": str(free_range())}
        while len(set(self.ports.values())) < 2:
            self.ports["8100"] = str(free_range())
        self.offices: dict[str, House] = {}
        section = DOCUMENT.split("## In five minutes")[1].split("\n## ")[0]
        self.blocks = [self._here(block) for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL)]

    def type(self, block: str) -> str:
        made = re.fullmatch(r"((?:[A-Z_]+=\S+ )+)make up\n", block)
        return self._up(dict(re.findall(r"(\w+)=(\S+)", made[1]))) if made else self._run(block)

    def abandon(self) -> None:
        for office in self.offices.values():
            office.abandon()

    def _up(self, settings: dict[str, str]) -> str:
        data = Path(settings.pop("ZI_DATA").replace("~", str(self.home)))
        port = int(settings.pop("ZI_PORT", self.ports["8080"]))
        office = self.offices.setdefault(data.name, House(data, port, **settings))
        office.stop()
        office.start()
        return office.runner_output()

    def _run(self, block: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", block],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _here(self, block: str) -> str:
        for documented, port in self.ports.items():
            block = block.replace(documented, port)
        return block


class Second:
    """The second office as a witness, past its gateway as the first one reaches it."""

    def __init__(self, office: House, origin: str) -> None:
        self._client = httpx.Client(base_url=office.url, **PLAIN, timeout=60)
        self._path = f"/witness/{monitoring_path(origin)}"

    def size(self) -> int:
        """Of the last checkpoint that it cosigned."""
        return parse_checkpoint(parse_note(self._client.get(self._path).content).text).size

    def add(self, request: AddCheckpoint) -> httpx.Response:
        return self._client.post("/witness/add-checkpoint", content=request.format())

    def forks(self) -> bytes:
        return self._client.get(self._path.replace("/checkpoint", "/forks")).content


class Fork:
    """Another history under the first office's own key: its last entry commits to something else."""

    def __init__(self, data: Path) -> None:
        self.signer = Signer(
            parse_policy((data / records.TILES / "witness-policy").read_bytes()).logs[0].key.name,
            (data / "audit-writer/secrets/log-key").read_bytes(),
        )
        *entries, last = records.logged(data)
        self.entries = [*entries, last.replace(str(records.parse(last)["commitment"]).encode(), b"0" * 64)]
        self.stored = Stored()
        self.stored.grow(list(map(leaf_hash, self.entries)), self.entries)

    def grow(self) -> None:
        self.entries.append(b"{}")
        self.stored.grow([leaf_hash(b"{}")], [b"{}"])

    @property
    def size(self) -> int:
        return len(self.entries)

    def checkpoint(self) -> bytes:
        return Checkpoint(self.signer.key.name, self.size, self.stored.edge.root).sign(self.signer)

    def request(self, old: int) -> AddCheckpoint:
        proof = consistency_proof(old, self.size, TileHashes(self.size, self.stored.read))
        return AddCheckpoint(old, tuple(proof), self.checkpoint())

    def publish(self, folder: Path, policy: bytes) -> Path:
        files = {**self.stored.files, "checkpoint": self.checkpoint(), "witness-policy": policy}
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    monkeypatch.setenv("HOME", str(tmp_path))
    instance = Newcomer(tmp_path)
    yield instance
    instance.abandon()


def file(office: House, count: int, story: str) -> None:
    with office.client() as client:
        for citizen in citizens(count, story):
            Door(client, office.staff).file(citizen.body)
    await_(lambda: records.settled(office))


def size(office: House) -> int:
    note = (office.data / records.TILES / "checkpoint").read_bytes()
    return parse_checkpoint(parse_note(note).text).size


def test_a_newcomer_runs_a_second_office_which_then_refuses_every_other_story(newcomer: Newcomer) -> None:
    *before, check = newcomer.blocks
    for block in before:
        newcomer.type(block)
    first, home = newcomer.offices[FIRST], newcomer.home
    policy = parse_policy((first.data / records.TILES / "witness-policy").read_bytes())
    second = Second(newcomer.offices[SECOND], policy.logs[0].key.name)
    file(first, 2, "before")
    await_(lambda: second.size() == size(first))
    assert "Witness second confirmed it" in newcomer.type(check)

    first.stop()
    backup = shutil.copytree(first.data, home / "backup")
    first.start()
    file(first, 1, "after")
    await_(lambda: second.size() == size(first))
    first.stop()

    its_fork_is_refused(Fork(first.data), second, home)
    its_past_is_refused(first, backup, second)


def its_fork_is_refused(fork: Fork, second: Second, home: Path) -> None:
    pinned = (home / "pinned-policy").read_bytes()
    assert second.add(fork.request(fork.size)).status_code == 422
    assert fork.checkpoint() in second.forks()
    with pytest.raises(PolicyError, match="lacks the quorum 'second'"):
        parse_policy(pinned).check(fork.checkpoint())
    result = verify_log(fork.publish(home / "fork", pinned), "--policy", str(home / "pinned-policy"))
    assert result.code == 1
    assert "no published checkpoint carries the policy's quorum of witnesses" in result.text
    fork.grow()
    assert second.add(fork.request(fork.size - 1)).status_code == 422


def its_past_is_refused(first: House, backup: Path, second: Second) -> None:
    checkpoint = (backup / records.TILES / "checkpoint").read_bytes()
    cosigned = second.size()
    answer = second.add(AddCheckpoint(0, (), checkpoint))
    assert (answer.status_code, answer.headers["content-type"]) == (409, SIZE_TYPE)
    assert parse_size(answer.content) == cosigned

    shutil.rmtree(first.data)
    backup.rename(first.data)
    first.begin()
    await_(lambda: str(cosigned) in first.unready("audit-writer").get("log", ""))
    assert size(first) < cosigned
