"""Messages of the public consultation forum (FKP): its plan, its participants' codes, what they proposed and what became of it.

No message names a participant. Support is published once a day as a count, under signs that differ from proposal to proposal.
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from zi_contracts.configuration import Pin
from zi_contracts.data import Data
from zi_contracts.intake import Channel, Items, Language
from zi_contracts.message import Sha256Hex, ShortText, Slug

ForumGroup = Literal["users", "stakeholders", "experts", "civil_society", "media"]
CodeKind = Literal["email", "counter", "attendance"]
QuorumSource = Literal["code", "attendance"]
PrintedKind = Literal["counter", "attendance"]
EntryChannel = Literal["online", "paper"]
HidingReason = Literal["personal_data", "insult", "off_topic", "advertising", "duplicate"]
ProposalOutcome = Literal["accepted", "accepted_in_part", "refused"]
CancelReason = Literal["disaster", "office_closed", "merged", "other"]
SupportSign = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Theme = Annotated[str, Field(min_length=1, max_length=200)]
Grounds = Annotated[str, Field(min_length=1, max_length=1000)]
Tally = Annotated[int, Field(ge=0)]
Nth = Annotated[int, Field(ge=1)]


class _ForumPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class GroupTarget(_ForumPart):
    """The number of participants of a group that the office wants to reach."""

    group: ForumGroup
    target: Nth


class GroupReached(_ForumPart):
    """The number of participants of a group who took part."""

    group: ForumGroup
    count: Tally


class AgendaEntry(_ForumPart):
    """A point of the agenda: the source, the thing in it, and the number of cases."""

    source: Slug
    subject: ShortText
    count: Tally


class ForumTerms(Data):
    """The terms of a forum; contributions are taken until `closes_on`. A quorum of 0 means that the office decided none."""

    theme: Theme
    begins: AwareDatetime
    closes_on: AwareDatetime
    place: ShortText | None
    link: Annotated[str, Field(max_length=300)] | None
    groups: Annotated[tuple[GroupTarget, ...], Field(min_length=1)]
    quorum: Tally


class ForumPlanned(ForumTerms):
    """The office planned a public consultation forum; `quorum_counts` says who counts for its quorum, whoever took part with a code where it
    is missing."""

    type: ClassVar[str] = "zi.integrity.forum_planned"

    rules: Pin
    quorum_counts: tuple[QuorumSource, ...] | None = None


class ForumChanged(ForumTerms):
    """The plan of the forum was changed; once it is open, only place and time, and never to an earlier end."""

    type: ClassVar[str] = "zi.integrity.forum_changed"


class ForumInvitationWritten(Data):
    """A numbered letter invites somebody of a group; the addressee lies in the vault."""

    type: ClassVar[str] = "zi.integrity.forum_invitation_written"

    invitation: ShortText
    group: ForumGroup
    items: Items


class ForumOpened(Data):
    """Contributions are taken from now on; the agenda is what the office's own records say today."""

    type: ClassVar[str] = "zi.integrity.forum_opened"

    agenda: tuple[AgendaEntry, ...]


class ForumClosed(Data):
    """The time for contributions is over. Without quorum it can be extended, and nothing is agreed in its name."""

    type: ClassVar[str] = "zi.integrity.forum_closed"

    reached: tuple[GroupReached, ...]
    has_quorum: bool
    proposals: Tally


class ForumExtended(Data):
    """A forum without quorum is open once more."""

    type: ClassVar[str] = "zi.integrity.forum_extended"

    begins: AwareDatetime
    closes_on: AwareDatetime


class ForumCancelled(Data):
    """The forum is not held; what was proposed is answered all the same."""

    type: ClassVar[str] = "zi.integrity.forum_cancelled"

    reason: CancelReason


class ParticipantCodeIssued(Data):
    """A code of a forum goes to an address; both lie in the vault. The code's digest is keyed: it tells nothing without the office's key."""

    type: ClassVar[str] = "zi.integrity.participant_code_issued"

    group: ForumGroup
    language: Language
    reachable_by: tuple[Channel, ...]
    attempt: Nth
    code_digest: Sha256Hex
    data_subject: UUID
    items: Items


class ParticipantCodesPrinted(Data):
    """Codes of a forum were printed for the counter or for an attendance list; of each there is a keyed digest."""

    type: ClassVar[str] = "zi.integrity.participant_codes_printed"

    kind: PrintedKind
    group: ForumGroup
    code_digests: Annotated[tuple[Sha256Hex, ...], Field(min_length=1)]


class ProposalMade(Data):
    """Somebody proposed something to the forum; its text lies in the vault until it is moderated, and after."""

    type: ClassVar[str] = "zi.integrity.proposal_made"

    proposal: Nth
    channel: EntryChannel
    group: ForumGroup
    language: Language
    reachable_by: tuple[Channel, ...]
    data_subject: UUID
    items: Items


class ProposalPublished(Data):
    """The text of a proposal is public; `own_entry`: by the officer who entered it from paper."""

    type: ClassVar[str] = "zi.integrity.proposal_published"

    proposal: Nth
    own_entry: bool


class ProposalHidden(Data):
    """The text of a proposal is not shown, for a reason that everybody sees; the proposal stays and is answered."""

    type: ClassVar[str] = "zi.integrity.proposal_hidden"

    proposal: Nth
    own_entry: bool
    reason: HidingReason
    duplicate_of: Nth | None = None


class ProposalCommented(Data):
    """Somebody commented on a proposal; the text lies in the vault."""

    type: ClassVar[str] = "zi.integrity.proposal_commented"

    proposal: Nth
    comment: UUID
    channel: EntryChannel
    group: ForumGroup
    items: Items


class CommentPublished(Data):
    """The text of a comment is public."""

    type: ClassVar[str] = "zi.integrity.comment_published"

    proposal: Nth
    comment: UUID
    own_entry: bool


class CommentHidden(Data):
    """The text of a comment is not shown, for a reason that everybody sees."""

    type: ClassVar[str] = "zi.integrity.comment_hidden"

    proposal: Nth
    comment: UUID
    own_entry: bool
    reason: HidingReason


class SupportCounted(Data):
    """The support that came in on former days, in the order of its signs, and the total with it."""

    type: ClassVar[str] = "zi.integrity.support_counted"

    proposal: Nth
    signs: Annotated[tuple[SupportSign, ...], Field(min_length=1)]
    support: Nth


class ProposalSettled(Data):
    """The office answered a proposal, for good, and says why; its proposer is told. `components` are those of a service standard that a
    standard may change as the proposal asks."""

    type: ClassVar[str] = "zi.integrity.proposal_settled"

    proposal: Nth
    own_entry: bool
    outcome: ProposalOutcome
    grounds: Grounds
    components: tuple[Slug, ...] = ()
    language: Language
    reachable_by: tuple[Channel, ...]
    data_subject: UUID


MODELS: tuple[type[Data], ...] = (
    ForumPlanned,
    ForumChanged,
    ForumInvitationWritten,
    ForumOpened,
    ForumClosed,
    ForumExtended,
    ForumCancelled,
    ParticipantCodeIssued,
    ParticipantCodesPrinted,
    ProposalMade,
    ProposalPublished,
    ProposalHidden,
    ProposalCommented,
    CommentPublished,
    CommentHidden,
    SupportCounted,
    ProposalSettled,
)
