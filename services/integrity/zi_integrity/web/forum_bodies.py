"""The fields that the forms of a forum take: every text is of a limited length, and a reader sees each of its signs."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from zi_contracts.text import LINES, ONE_LINE, Line

ForumEmail = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$",
    ),
    ONE_LINE,
]
Chosen = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), ONE_LINE]
HttpsLink = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^https://[^\s]+$"), ONE_LINE
]


class _ForumBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CodeRequestBody(_ForumBody):
    forum_email: ForumEmail
    group: Chosen


class ProposalBody(_ForumBody):
    proposal_title: Annotated[Line, Field(max_length=120)]
    proposal_text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000), LINES
    ]


class SentProposalBody(ProposalBody):
    """A proposal by somebody with a code, whose form names all that is missing at once."""

    forum_code: Chosen


class PaperBody(ProposalBody):
    forum_email: ForumEmail | None = None


class CommentBody(_ForumBody):
    comment_text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500), LINES
    ]


class ForumPlanBody(_ForumBody):
    theme: Line
    forum_place: Line | None = None
    forum_link: HttpsLink | None = None


class InvitationBody(_ForumBody):
    addressee: Line


class SettlementBody(_ForumBody):
    grounds: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), LINES]
