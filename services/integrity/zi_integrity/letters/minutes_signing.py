"""Signing the minutes: the first signature freezes their text, and the last one numbers the letter and opens the actions with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Sealed, Vault
from zi_contracts.vault import ItemRef
from zi_integrity.domain.action import OpenForumAction
from zi_integrity.domain.minutes.decide import decide
from zi_integrity.domain.minutes.errors import MinutesChangedError, NotPresentError
from zi_integrity.domain.minutes.messages import AGREEMENT, MinutesAgreed, SignMinutes
from zi_integrity.domain.minutes.state import ForumMinutes
from zi_integrity.domain.minutes_ids import action_id, minutes_id
from zi_integrity.letters.issuing import LetterIssuing, NumberedDecision
from zi_integrity.letters.minutes_letter import minutes_draft
from zi_integrity.messaging.minutes_published import forum_actions, minutes_of_forums
from zi_integrity.use_cases.forum_attendance import ForumAttendance
from zi_integrity.use_cases.minutes_writing import MinutesWriting, WrittenMinutes
from zi_integrity.use_cases.participation import Participation
from zi_letters.vault_fields import CONTENT

SIGNER_NAME = "letter.signer"
SYSTEM = "system:integrity"


class MinutesSigning:
    """The text lies in the vault from the first signature on; a change under way makes a signature fail and never half count."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        participation: Participation,
        attendance: ForumAttendance,
        writing: MinutesWriting,
        issuing: LetterIssuing,
    ) -> None:
        self._store = store
        self._vault = vault
        self._participation = participation
        self._attendance = attendance
        self._writing = writing
        self._issuing = issuing

    async def sign_as_head(self, number: str, by: Act, name: str, edition: int, digest: str) -> None:
        """Sign for the office the text with this digest. Raises MinutesChangedError and what the minutes refuse."""
        written = await self._written(number, digest)
        await self._sign(written, SignMinutes(by=by, edition=edition, digest=digest), name)

    async def sign_as_public(self, number: str, code: str, at: datetime, edition: int, digest: str) -> None:
        """Sign with a code of this forum. Raises UnknownCodeError, NotPresentError, MinutesChangedError."""
        written = await self._written(number, digest)
        forum = written.row.forum
        person = await self._store.query(lambda tx: self._participation.participant_in(tx, code, forum))
        attendee = self._attendance.attendee(person)
        present = (await self._attendance.state(forum)).attendee(attendee)
        if present is None:
            raise NotPresentError
        by = Act(at=at, actor=str(attendee), role="public")
        command = SignMinutes(
            by=by, edition=edition, digest=digest, participant=attendee, group=present.group
        )
        await self._sign(written, command)

    async def _written(self, number: str, digest: str) -> WrittenMinutes:
        written = await self._writing.read(number)
        if written.text.digest != digest:
            raise MinutesChangedError
        return written

    async def _sign(
        self, written: WrittenMinutes, command: SignMinutes, head_name: str | None = None
    ) -> None:
        """Record the signature, or issue the letter with it where it is the last: the write lock says which."""
        row, id = written.row, minutes_id(written.row.forum)
        text = self._seal(id, f"text {command.digest}", CONTENT, written.text.render().decode())
        name = head_name and self._seal(id, f"head {command.digest}", SIGNER_NAME, head_name)

        def found(tx: Tx) -> list[Reaction]:
            self._writing.refuse_outdated(tx, row)
            state = self._writing.minutes_in(tx, row.forum)
            keep = (*(() if state.signatures else (text,)), *((name,) if name else ()))
            signing = _with_items(command, keep, state)
            is_last = any(isinstance(event, MinutesAgreed) for event in decide(signing, state))
            return [] if is_last else [Reaction(minutes_of_forums, id, signing, keep)]

        if not await self._store.decide_all(found):
            await self._issue(written, command, head_name)

    def _seal(self, minutes: UUID, purpose: str, field: str, text: str) -> Sealed:
        return self._vault.seal(uuid5(minutes, purpose), {field: text})

    async def _issue(self, written: WrittenMinutes, command: SignMinutes, head_name: str | None) -> None:
        """Number the letter with the last signature, and open an action for each agreement."""
        row, id = written.row, minutes_id(written.row.forum)
        _, state = await self._store.fetch(minutes_of_forums, id)
        if state.agreed is not None:  # meanwhile, by this signature sent twice or by somebody else's
            return self._refuse_late(command, state)
        groups = [each.group for each in state.signatures if each.group is not None]
        draft = minutes_draft(written.text, [*groups, command.group] if command.group else groups)

        def decisions(tx: Tx, _: NumberedDecision) -> list[Reaction]:
            self._writing.refuse_outdated(tx, row)
            now = self._writing.minutes_in(tx, row.forum)
            self._refuse_late(command, now)
            signing = Reaction(minutes_of_forums, id, _with_items(command, (), now))
            return [signing, *_opened_actions(now, command.by.at)]

        letter = uuid5(id, f"letter {command.digest}")
        name = head_name or await self._head_name(state)
        by = _head_act(state, command)
        await self._issuing.issue(letter, row.forum, draft, name, by, decisions)

    @staticmethod
    def _refuse_late(command: SignMinutes, state: ForumMinutes) -> None:
        """Raise what the minutes refuse, MinutesAgreedError above all, before the letter is refused; the same signature again is none of it."""
        decide(_with_items(command, (), state), state)

    async def _head_name(self, state: ForumMinutes) -> str:
        [item] = [each.name.item for each in state.signatures if each.name is not None]
        return (await self._store.query(lambda tx: self._vault.open(tx, [item])))[item].text


def _with_items(command: SignMinutes, keep: Sequence[Sealed], state: ForumMinutes) -> SignMinutes:
    """Name the text that was signed for, of the first signature or sealed with this, and the head's name."""
    refs: dict[str, ItemRef] = {ref.field: ref for sealed in keep for ref in sealed.refs}
    if state.signatures:
        refs[CONTENT] = state.signatures[0].content
    return command.model_copy(update={"content": refs.get(CONTENT), "name": refs.get(SIGNER_NAME)})


def _head_act(state: ForumMinutes, command: SignMinutes) -> Act:
    """Return the act of the head, who signed for this text now or before."""
    signed = [each.by for each in state.signatures if each.participant is None]
    return signed[0].model_copy(update={"at": command.by.at}) if signed else command.by


def _opened_actions(state: ForumMinutes, at: datetime) -> list[Reaction]:
    by = Act(at=at, actor=SYSTEM, role=SYSTEM)
    opened = []
    for point in state.agreed_points:
        text = point.text
        assert text.owner is not None
        assert text.due is not None
        command = OpenForumAction(
            by=by,
            forum=text.forum,
            point=text.point,
            owner=text.owner,
            due=text.due,
            proposals=text.proposals,
            items=tuple(item for item in text.items if item.field == AGREEMENT),
        )
        opened.append(Reaction(forum_actions, action_id(text.forum, text.point), command))
    return opened
