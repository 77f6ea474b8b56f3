from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_tlog.checkpoint import Checkpoint, CheckpointError
from zi_tlog.cosignature import CLOCK_SKEW, Cosigner
from zi_tlog.error import LogError
from zi_tlog.note import Note, NoteError, Signature, Signer, parse_note
from zi_tlog.policy import MAX_POLICY_BYTES, Group, Log, Policy, PolicyError, Witness, parse_policy

LOG = Signer("ledger.example/audit", bytes(range(32)))
OTHER_LOG = Signer("other.example/log", bytes(32))
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
COSIGNERS = {
    name: Cosigner(f"witness.example/{name}", bytes([number] * 32)) for number, name in enumerate(NAMES)
}
HEAD = Checkpoint(LOG.key.name, 7, b"r" * 32)
WITNESS_LINES = "".join(f"witness {name} {COSIGNERS[name].key.vkey}\n" for name in NAMES)
# The example of the specification, with keys.
EXAMPLE = (Path(__file__).parent / "vectors/x_and_y.policy").read_bytes()
POLICY = parse_policy(EXAMPLE)


def cosigned(*names: str) -> bytes:
    signatures = [COSIGNERS[name].cosign(HEAD.text, 1700000000) for name in names]
    return parse_note(HEAD.sign(LOG)).signed(*signatures).format()


def test_the_example_of_the_specification_needs_two_of_x_and_one_of_y() -> None:
    for count in range(len(NAMES) + 1):
        for names in combinations(NAMES, count):
            is_quorum = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
            assert POLICY.witnessed(POLICY.endorsement(cosigned(*names))) == is_quorum


def test_a_checkpoint_without_the_quorum_is_refused_and_those_who_cosigned_are_named() -> None:
    with pytest.raises(PolicyError, match="'X-and-Y' of witnesses: 'X1', 'Y2' cosigned"):
        POLICY.check(cosigned("X1", "Y2"))
    with pytest.raises(PolicyError, match="nobody cosigned"):
        POLICY.check(cosigned())


def test_a_checkpoint_with_the_quorum_is_accepted_with_the_times() -> None:
    endorsement = POLICY.check(cosigned("X1", "X3", "Y2"))
    assert endorsement.checkpoint == HEAD
    assert endorsement.cosigned == {"X1": 1700000000, "X3": 1700000000, "Y2": 1700000000}


def test_without_a_quorum_the_logs_word_is_enough() -> None:
    policy = parse_policy(f"log {LOG.key.vkey} https://ledger.example/audit/log\nquorum none".encode())
    assert policy.check(cosigned()).cosigned == {}


def test_one_witness_may_be_the_quorum() -> None:
    policy = parse_policy(f"log {LOG.key.vkey}\n{WITNESS_LINES}quorum Y3\n".encode())
    assert policy.witnessed(policy.endorsement(cosigned("Y3")))
    assert not policy.witnessed(policy.endorsement(cosigned("Y2")))


def test_a_known_witness_with_a_broken_cosignature_spoils_the_checkpoint() -> None:
    key = COSIGNERS["X1"].key
    broken = parse_note(cosigned()).signed(Signature(key.name, key.key_id, bytes(72))).format()
    with pytest.raises(NoteError):
        POLICY.endorsement(broken)


def undated(name: str) -> Signature:
    """The cosignature of a witness that breaks the rules: at time 0, which states of no tree that it was the largest."""
    made = COSIGNERS[name]._private.sign(f"cosignature/v1\ntime 0\n{HEAD.text}".encode())
    return Signature(COSIGNERS[name].key.name, COSIGNERS[name].key.key_id, bytes(8) + made)


def test_a_cosignature_without_a_time_counts_for_nothing() -> None:
    note = parse_note(cosigned("X1", "X2")).signed(undated("Y1")).format()
    endorsement = POLICY.endorsement(note)
    assert (endorsement.cosigned.keys(), endorsement.misdated) == ({"X1", "X2"}, {"Y1": 0})
    with pytest.raises(PolicyError, match=r"'X1', 'X2' cosigned it. .*do not count: 'Y1' at 0"):
        POLICY.check(note)


def test_a_cosignature_of_the_future_counts_for_nothing_and_its_time_comes() -> None:
    note = cosigned("X1", "X3", "Y2")
    assert POLICY.check(note, 1700000000 - CLOCK_SKEW).misdated == {}
    with pytest.raises(PolicyError, match=r"nobody cosigned it. .*'X1' at 1700000000"):
        POLICY.check(note, 1700000000 - CLOCK_SKEW - 1)


def test_the_key_of_a_log_witnesses_nothing() -> None:
    double = Cosigner("double.example", bytes(range(32))).key
    assert double.public == LOG.key.public
    lines = [f"log {LOG.key.vkey}\n", f"witness w {double.vkey}\n"]
    for text in ("".join(lines), "".join(reversed(lines))):
        with pytest.raises(PolicyError, match="'w' has the key of a log"):
            parse_policy(f"{text}quorum w\n".encode())
    with pytest.raises(PolicyError):
        Policy((Log(LOG.key),), (Witness("w", double),), (), "w")


def test_witnesses_alone_do_not_make_a_checkpoint() -> None:
    note = Note(HEAD.text, tuple(COSIGNERS[name].cosign(HEAD.text, 1) for name in NAMES)).format()
    with pytest.raises(CheckpointError, match="not signed by that log's key"):
        POLICY.check(note)


def test_another_listed_log_can_not_speak_for_this_one() -> None:
    policy = Policy((*POLICY.logs, *parse_policy(f"log {OTHER_LOG.key.vkey}\nquorum none\n".encode()).logs))
    with pytest.raises(CheckpointError):
        policy.check(Note(HEAD.text, (OTHER_LOG.sign(HEAD.text),)).format())


def test_a_policy_is_read_back_as_it_was_written() -> None:
    with_urls = parse_policy(EXAMPLE.replace(LOG.key.vkey.encode(), LOG.key.vkey.encode() + b" https://x"))
    for policy in (POLICY, with_urls):
        assert parse_policy(policy.format()) == policy


def test_a_policy_says_what_its_lines_say() -> None:
    key = COSIGNERS["X1"].key
    policy = parse_policy(
        f"log {LOG.key.vkey} https://l\nwitness w {key.vkey} https://w\nwitness v {COSIGNERS['X2'].key.vkey}\n"
        "group g any w v\ngroup h all g\nquorum h".encode()
    )
    assert policy == Policy(
        (Log(LOG.key, "https://l"),),
        (Witness("w", key, "https://w"), Witness("v", COSIGNERS["X2"].key)),
        (Group("g", 1, ("w", "v")), Group("h", 1, ("g",))),
        "h",
    )


def test_a_policy_of_the_largest_length_is_read() -> None:
    text = "quorum none\n"
    assert parse_policy(f"{text}#{'-' * (MAX_POLICY_BYTES - len(text) - 1)}".encode()) == Policy(())


def test_names_are_opaque_octets() -> None:
    policy = parse_policy(
        f"witness w\udcff {COSIGNERS['X1'].key.vkey} u\nquorum w\udcff".encode("utf-8", "surrogateescape")
    )
    assert parse_policy(policy.format()) == policy
    assert b"w\xff" in policy.format()


X1 = f"witness X1 {COSIGNERS['X1'].key.vkey}\n"
X2 = f"witness X2 {COSIGNERS['X2'].key.vkey}\n"
AT_X = f"witness X1 {COSIGNERS['X1'].key.vkey} https://x.example/\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum",
        "quorum none none",
        "quorum none\nquorum none",
        "quorum X1",
        f"quorum X1\n{X1}",
        "nonsense\nquorum none",
        "log\nquorum none",
        f"log {LOG.key.vkey} url more\nquorum none",
        f"log {COSIGNERS['X1'].key.vkey}\nquorum none",
        f"log {LOG.key.vkey}\nlog {Signer('renamed', bytes(range(32))).key.vkey}\nquorum none",
        "witness X1\nquorum none",
        f"witness X1 {LOG.key.vkey}\nquorum none",
        f"witness none {COSIGNERS['X1'].key.vkey}\nquorum none",
        f"{X1}{X1.replace('X1', 'X9', 1)}quorum none",
        f"{X1}{X2.replace('X2', 'X1', 1)}quorum none",
        f"{X1}witness X9 {Cosigner('witness.example/X1', b'2' * 32).key.vkey}\nquorum none",
        f"{AT_X}{X2.rstrip()} https://X.example\nquorum none",
        f"{X1}group g any\nquorum g",
        f"{X1}group g any X1 X1\nquorum g",
        f"{X1}group g any none\nquorum g",
        f"{X1}group X1 any X1\nquorum X1",
        f"{X1}group g any X1\ngroup h any X1\nquorum g",
        f"{X1}group g 0 X1\nquorum g",
        f"{X1}group g 2 X1\nquorum g",
        f"{X1}group g 01 X1\nquorum g",
        f"{X1}group g ١ X1\nquorum g",
        f"{X1}group g any g\nquorum g",
        "quorum none\r\n",
        "log \ud800+00000000+AAAA\nquorum none",
        "#" * (MAX_POLICY_BYTES + 1),
    ],
)
def test_an_unclear_policy_is_refused(text: str) -> None:
    with pytest.raises(LogError):
        parse_policy(text.encode("utf-8", "surrogatepass"))


def test_a_witness_under_two_keys_is_no_quorum_of_two() -> None:
    second = Cosigner("witness.example/X1", b"2" * 32).key.vkey
    for line in (
        f"witness again {second}\n",
        f"witness again {COSIGNERS['X2'].key.vkey} https://x.example\n",
    ):
        with pytest.raises(PolicyError, match=r"'X1' and 'again' .* a quorum must not count it twice"):
            parse_policy(f"{AT_X}{line}group both all X1 again\nquorum both".encode())
    other = f"{X2.rstrip()} https://x.example/other\n"
    assert len(parse_policy(f"{AT_X}{other}quorum none".encode()).witnesses) == 2


@given(st.binary(max_size=60))
def test_whatever_bytes_come_only_a_log_error_is_raised(data: bytes) -> None:
    for hostile in (
        data,
        EXAMPLE[:200] + data,
        EXAMPLE + data,
        b"log " + data,
        b"witness w " + data,
        b"group g any " + data,
    ):
        try:
            parse_policy(hostile)
        except LogError:
            continue
