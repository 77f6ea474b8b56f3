"""The maklumat as a page for everybody, and the desk where it is written and proclaimed."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_chassis.ledger import LedgerAwayError
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_integrity.domain.maklumat import PledgeTexts
from zi_integrity.read.maklumat import newest_pledge, pledge_in_force, pledge_writers
from zi_integrity.roles import HEAD, ZONE_TEAM
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.form_fields import required_words, submitted
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_tlog.policy import parse_policy

HERE, DESK = "/integrity/maklumat", "/integrity/desk/maklumat"
WRITING = (*ZONE_TEAM, *HEAD)
FIELDS = ("promise", "promise_en", "compensation", "compensation_en")

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def maklumat(request: Request, office: TheOffice) -> Response:
    """Show the pledge in force with the ledger's key and its checkpoint now, where the ledger answers."""
    row = await office.store.query(pledge_in_force)
    keys, checkpoint = await _ledger(office)
    return pages_of(request).render(request, "maklumat.html", row=row, keys=keys, checkpoint=checkpoint)


async def _ledger(office: TheOffice) -> tuple[list[str], str]:
    try:
        policy, checkpoint = parse_policy(await office.ledger.policy()), await office.ledger.checkpoint()
    except LedgerAwayError:
        return [], ""
    return [log.key.vkey for log in policy.logs], checkpoint.decode()


@router.get(DESK)
async def desk_maklumat(official: CurrentOfficial) -> Response:
    return await _desk_page(official, Form())


async def _desk_page(official: ZoneOfficial, form: Form, status: int = 200) -> Response:
    official.act(WRITING)
    row = await official.office.store.query(newest_pledge)
    texts = {} if row is None else {name: getattr(row, name) for name in FIELDS}
    return pages_of(official.request).render(
        official.request,
        "desk_maklumat.html",
        status,
        row=row,
        writers=await official.office.store.query(pledge_writers),
        digest=PledgeTexts.model_validate(texts).digest if texts else "",
        form=Form({**texts, **form.values}, form.errors),
        is_head=official.has(*HEAD),
    )


@router.post(DESK)
async def write(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "promise", _write(official, form), partial(_desk_page, official)
    )


@router.post(f"{DESK}/proclaim")
async def proclaim(official: CurrentOfficial) -> Response:
    form = Form.of(await official.request.form())
    return await submitted(
        official.request, form, "proclaim", _proclaim(official, form), partial(_desk_page, official)
    )


async def _write(official: ZoneOfficial, form: Form) -> str:
    by = official.act(WRITING)
    texts = PledgeTexts(**{name: required_words(form, name) for name in FIELDS})
    await official.office.pledging.write(texts, by)
    return DESK


async def _proclaim(official: ZoneOfficial, form: Form) -> str:
    by, person = official.act(HEAD), official.person
    numbered = await official.office.pledging.proclaim(form.value("digest"), by, person.name or person.sub)
    return f"/integrity/letters/{numbered.number}"
