"""The letter of a forum's minutes: its facts, a section for each point with every dissent, and the groups of those who signed. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from zi_chassis.office_clock import office_zone
from zi_integrity.domain.action import ActionOwner
from zi_integrity.domain.attendance import Group
from zi_integrity.domain.minutes.text import MinutesEntry, MinutesText
from zi_integrity.letters.content import LetterDraft
from zi_letters.content import Signatory
from zi_letters.sections import LetterSection, section

GROUPS: Mapping[Group, str] = {
    "users": "Pengguna layanan / Users of the services",
    "stakeholders": "Pemangku kepentingan / Stakeholders",
    "experts": "Ahli / Experts",
    "civil_society": "Masyarakat sipil / Civil society",
    "media": "Media / Media",
    "provider": "Penyelenggara / The office",
}
OWNERS: Mapping[ActionOwner, str] = {
    "head": "Kepala / Head",
    "integrity": "Tim zona integritas / Integrity team",
    "upg": "UPG / Gratification control unit",
    "survey": "Petugas survei / Survey officer",
    "supervisor": "Penyelia / Supervisor",
    "officer": "Petugas / Officer",
    "evaluator": "Evaluator / Evaluator",
    "signer": "Penanda tangan / Signer",
    "mentor": "Pendamping / Mentor",
}
FOR_THE_PUBLIC = "Wakil masyarakat / For the public"
ERASED = "(dihapus / erased)"


def minutes_draft(text: MinutesText, signed: Sequence[Group]) -> LetterDraft:
    """Draft the letter; `signed` are the groups of those who signed for the public, in their order."""
    forum = text.forum
    begins = forum.begins.astimezone(office_zone())
    return LetterDraft(
        kind="berita_acara",
        subject=f"{forum.number}: {forum.theme}",
        facts=(
            ("theme", forum.theme),
            ("held_on", f"{begins:%d-%m-%Y %H.%M %Z}"),
            *((("place", forum.place),) if forum.place else ()),
            *(
                ("attendance", f"{GROUPS[each.group]}: {each.people} (target {each.target})")
                for each in text.attendance
            ),
            ("digest", text.digest),
        ),
        sections=tuple(map(_point, text.entries)),
        signers=tuple(
            Signatory(name=f"{GROUPS[group]} ({place})", position=FOR_THE_PUBLIC)
            for place, group in enumerate(signed, start=1)
        ),
    )


def _point(entry: MinutesEntry) -> LetterSection:
    lines = "\n".join(_lines(entry))
    return section((f"Butir {entry.point}", f"Point {entry.point}"), (lines, lines))


def _lines(entry: MinutesEntry) -> Iterator[str]:
    yield f"Masalah / Issue: {entry.issue or ERASED}"
    if entry.owner is not None and entry.due is not None:
        yield f"Kesepakatan / Agreement: {entry.agreement or ERASED}"
        yield f"Penanggung jawab / Who acts: {OWNERS[entry.owner]}"
        yield f"Sampai / Until: {entry.due:%d-%m-%Y}"
    else:
        yield "Tanpa kesepakatan / No agreement"
    for dissent in entry.dissents:
        yield f"Tidak setuju / Dissent ({GROUPS[dissent.group]}): {dissent.text or ERASED}"
