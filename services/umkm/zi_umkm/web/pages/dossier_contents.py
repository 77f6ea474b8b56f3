"""The contents of the dossier of one product.

What the rules require at its risk, in the order of the e-registration, what of it is there, and the file name of each paper in the zip.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.web.page import Translator
from zi_rules.mentoring.rule_set import MentoringRules, Part, Requirement
from zi_umkm.read.case_files import FileRow
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web.labels import OTHER_PAPERS, PARTS
from zi_umkm.web.pages.papers import requirements_of_product
from zi_umkm.web.rule_names import RuleNames

ORDER = (Part.REGISTRATION, Part.LABEL, Part.PERMIT, Part.BUSINESS)
ENDINGS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}
LONGEST = 40


@dataclass(frozen=True)
class DossierPaper:
    """A file, by its name in the zip."""

    name: str
    row: FileRow


@dataclass(frozen=True)
class RequiredPaper:
    """Something that the rules ask for; a part of a label is there without a paper of its own."""

    requirement: Requirement
    is_there: bool
    papers: Sequence[DossierPaper]


@dataclass(frozen=True)
class Section:
    title: str
    required: Sequence[RequiredPaper]


@dataclass(frozen=True)
class Contents:
    """`others` are papers that the rules don't ask for any more."""

    sections: Sequence[Section]
    others: Sequence[DossierPaper]

    @property
    def required(self) -> list[RequiredPaper]:
        return [each for section in self.sections for each in section.required]

    @property
    def papers(self) -> list[DossierPaper]:
        return [*(paper for each in self.required for paper in each.papers), *self.others]

    @property
    def missing(self) -> list[Requirement]:
        return [each.requirement for each in self.required if not each.is_there]


def contents_of(
    dossier: MentoringDossier,
    product: int,
    rules: MentoringRules,
    named: RuleNames,
    say: Translator,
    kinds: Mapping[UUID, str],
) -> Contents:
    """Gather the contents; `kinds` are the media types of the files."""
    documents = [
        each for each in dossier.files if each.kind == "document" and each.product in (None, product)
    ]
    missing = {each.code for each in dossier.readiness[product].missing}

    def section(place: int, part: Part) -> Section:
        title, required = say(PARTS[part]), requirements_of_product(dossier.state, product, rules, part)
        found = _named(documents, [each.code for each in required], f"{place}-{plain(title)}", named, kinds)
        return Section(
            title, [RequiredPaper(each, each.code not in missing, found[each.code]) for each in required]
        )

    sections = [section(place, part) for place, part in enumerate(ORDER, 1)]
    known = {each.requirement.code for each_section in sections for each in each_section.required}
    left = dict.fromkeys(each.code for each in documents if each.code not in known)
    others = _named(documents, left, f"{len(ORDER) + 1}-{plain(say(OTHER_PAPERS))}", named, kinds)
    return Contents(sections, [paper for papers in others.values() for paper in papers])


def _named(
    files: Sequence[FileRow], codes: Iterable[str], folder: str, named: RuleNames, kinds: Mapping[UUID, str]
) -> dict[str, Sequence[DossierPaper]]:
    """Name the papers by code; files of one code keep their order of arrival."""
    papers_by_code: dict[str, Sequence[DossierPaper]] = {}
    for place, code in enumerate(codes, 1):
        documents = [each for each in files if each.code == code]
        beginning = f"{folder}/{place:02}-{plain(named.requirement(code))}"
        numbers = [""] if len(documents) == 1 else [f"-{number}" for number in range(1, len(documents) + 1)]
        papers_by_code[code] = [
            DossierPaper(f"{beginning}{number}.{_ending(kinds.get(each.file.item))}", each)
            for number, each in zip(numbers, documents, strict=False)
        ]
    return papers_by_code


def plain(text: str) -> str:
    """Return a short file name of plain letters, from the text before the first remark."""
    short = re.split(r"[:,(]", text)[0]
    letters = unicodedata.normalize("NFKD", short).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters)[:LONGEST].strip("-")


def _ending(kind: str | None) -> str:
    return ENDINGS.get(kind or "", "bin")
