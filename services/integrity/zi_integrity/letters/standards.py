"""The adoption of a standard: the head's decision and the letter that shows it are one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_contracts.integrity.standards import ConsultationWaiver
from zi_integrity.domain.standard.difference import stated_documents, stated_fees, stated_periods
from zi_integrity.domain.standard.errors import NoSuchDraftError, UnfitStandardError
from zi_integrity.domain.standard.messages import AdoptStandard
from zi_integrity.domain.standard.terms import decree_content, refuse_incomplete, table_of, terms_digest
from zi_integrity.letters.content import LetterDraft
from zi_integrity.letters.issuing import LetterIssuing, NumberedDecision
from zi_integrity.messaging.standards_data import standard_decrees
from zi_integrity.read.standards import StandardRow, standard_row
from zi_integrity.use_cases.standards import StandardDrafting, forum_status
from zi_letters.sections import LetterSection, section
from zi_rules.configuration import read
from zi_rules.standard import Component, ServiceStandard, standard_configuration
from zi_rules.standard_draft import period_in_words
from zi_rules.standard_fit import refuse_unfit

COMPONENTS = {
    Component.PERSYARATAN: ("Persyaratan", "Requirements"),
    Component.PROSEDUR: ("Sistem, mekanisme, dan prosedur", "System, mechanism and procedure"),
    Component.JANGKA_WAKTU: ("Jangka waktu penyelesaian", "Time until it is done"),
    Component.BIAYA: ("Biaya/tarif", "Fee"),
    Component.PRODUK: ("Produk pelayanan", "Result of the service"),
    Component.PENANGANAN_PENGADUAN: (
        "Penanganan pengaduan, saran, dan masukan",
        "Complaints and suggestions",
    ),
    Component.DASAR_HUKUM: ("Dasar hukum", "Legal basis"),
    Component.SARANA_PRASARANA: ("Sarana, prasarana, dan fasilitas", "Premises and equipment"),
    Component.KOMPETENSI_PELAKSANA: ("Kompetensi pelaksana", "Competence of the staff"),
    Component.PENGAWASAN_INTERNAL: ("Pengawasan internal", "Internal supervision"),
    Component.JUMLAH_PELAKSANA: ("Jumlah pelaksana", "Number of staff"),
    Component.JAMINAN_PELAYANAN: ("Jaminan pelayanan", "Guarantee of the service"),
    Component.JAMINAN_KEAMANAN: ("Jaminan keamanan dan keselamatan", "Guarantee of safety"),
    Component.EVALUASI_KINERJA: ("Evaluasi kinerja pelaksana", "Evaluation of the work"),
}


@dataclass(frozen=True)
class AdoptionDetails:
    """The head's part of the decision; `before` is the digest of the text that they read."""

    before: str
    effective_from: date
    effective_to: date | None = None
    waiver: ConsultationWaiver | None = None
    waiver_statement: str | None = None
    unnamed_reason: str | None = None


class StandardAdoption:
    def __init__(self, store: Store, drafting: StandardDrafting, issuing: LetterIssuing) -> None:
        self._store = store
        self._drafting = drafting
        self._issuing = issuing

    async def adopt(self, draft: UUID, adoption: AdoptionDetails, by: Act, name: str) -> NumberedDecision:
        """Number the letter and adopt, or neither. Raises a StandardDecreeError or UnprintableLetterError."""
        row = await self._store.query(lambda tx: standard_row(tx, draft))
        if row is None:
            raise NoSuchDraftError
        letter = uuid5(draft, "letter")
        day = self._drafting.day(by)

        def decisions(tx: Tx, numbered: NumberedDecision) -> Sequence[Reaction]:
            current = standard_row(tx, draft)
            command = AdoptStandard(
                by=by,
                draft=draft,
                number=numbered.number,
                letter=letter,
                today=day,
                review_due=self._drafting.rules(by).review_after(adoption.effective_from),
                forum_status=forum_status(tx, current.forum if current else None),
                followed=self._drafting.proposals(tx, current.follows if current else ()),
                record=self._drafting.record(tx, row.service, day),
                **vars(adoption),
            )
            return [Reaction(standard_decrees, draft, command)]

        return await self._issuing.issue(letter, draft, self._letter(row, adoption), name, by, decisions)

    def _letter(self, row: StandardRow, adoption: AdoptionDetails) -> LetterDraft:
        refuse_incomplete(row.terms)
        version, begins, ends = row.version or row.after + 1, adoption.effective_from, adoption.effective_to
        content = decree_content(row.terms, row.id, version, begins, ends)
        self._drafting.shipped.refuse_unfit(content)
        self._refuse_unfit(content)
        table = table_of(content)
        title = table["decree_title"]
        facts = [
            ("service", f"{title['id']} / {title['en']}"),
            ("version", f"{row.id}, {version}"),
            ("effective_from", begins.strftime("%d-%m-%Y")),
            *([("effective_to", ends.strftime("%d-%m-%Y"))] if ends else []),
            ("digest", terms_digest(content)),
            *([("follows", ", ".join(row.follows))] if row.follows else []),
            *([("waiver", adoption.waiver_statement)] if adoption.waiver_statement else []),
        ]
        return LetterDraft(
            kind="service_standard",
            subject=f"{title['id']}, {row.id} {version}",
            facts=facts,
            sections=[*components_of(row.terms), *_binding(table)],
        )

    def _refuse_unfit(self, content: str) -> None:
        """Raise UnfitStandardError for a standard that its service would pass over."""
        configuration = standard_configuration(content.encode(), "the standard")
        shipped = self._drafting.shipped
        try:
            refuse_unfit(read(ServiceStandard, configuration), shipped.letters, shipped.mentoring)
        except ValueError as error:
            raise UnfitStandardError(str(error)) from error


def components_of(terms: str) -> list[LetterSection]:
    components = table_of(terms)["components"]
    return [
        section(heading, (components[part.value]["id"], components[part.value]["en"]))
        for part, heading in COMPONENTS.items()
    ]


def _binding(table: dict[str, object]) -> list[LetterSection]:
    """State the periods, fees and documents by which the services decide."""
    periods = [(title, period_in_words(*amount)) for title, amount in stated_periods(table).values()]
    rows = {
        ("Jangka waktu yang mengikat", "Periods that bind"): [
            (f"{title[0]}: {amount[0]}", f"{title[1]}: {amount[1]}") for title, amount in periods
        ],
        ("Biaya yang mengikat", "Fees that bind"): [
            (f"{track}: {fee}", f"{track}: {fee}") for track, fee in stated_fees(table).items()
        ],
        ("Dokumen yang diminta", "Documents that are asked for"): list(stated_documents(table).values()),
    }
    return [
        section(heading, ("\n".join(line[0] for line in lines), "\n".join(line[1] for line in lines)))
        for heading, lines in rows.items()
        if lines
    ]
