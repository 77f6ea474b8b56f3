"""Steps of a company and officials towards a letter in their browsers, by the words on the buttons."""

import csv
import re
from collections.abc import Mapping, Sequence
from io import StringIO

from playwright.sync_api import FilePayload
from tests.certificates.inside import ACCOUNT_DOCUMENTS
from tests.intake.sample_files import encoded, halves
from tests.journeys.browser import Visitor
from tests.journeys.certificates import item_of, nib_of
from tests.journeys.house import await_

PICTURE = FilePayload(name="foto.png", mimeType="image/png", buffer=encoded(halves(), "PNG"))
HS_CODE = "2103.90.12"
NUMBER = re.compile(r"SKI-[0-9]{4}-[0-9]{6}")


def company(name: str) -> dict[str, str]:
    """Return the fields of the front door's form."""
    return {
        "company.name": f"PT {name}",
        "company.address": f"Jalan {name} 1, Tarakan",
        "company.nib": nib_of(name),
        "reporter.name": f"Bunga {name}",
        "reporter.email": f"{name.lower()}@warga.example",
    }


def cells(batch: str = "B-001", **changes: str) -> dict[str, str]:
    """A product as it is typed, with which all rules are content."""
    item = item_of({}, batch)
    analysis = item.pop("analysis")
    [tested] = analysis.pop("results")
    columns = {**item, **{f"analysis.{name}": text for name, text in analysis.items()}}
    result = f"{tested['parameter']} = {tested['result']} @ {tested['method']}"
    return {**columns, "analysis.results": result, **changes}


def table(*rows: Mapping[str, str]) -> FilePayload:
    written = StringIO()
    writer = csv.DictWriter(written, list(cells()))
    writer.writeheader()
    writer.writerows(rows)
    return FilePayload(name="produk.csv", mimeType="text/csv", buffer=written.getvalue().encode())


class Applicant:
    """A company's owner with a phone, who reads what comes next and does it."""

    def __init__(self, visitor: Visitor, name: str) -> None:
        self.visitor = visitor
        self.name = name
        self.ticket = self.code = ""

    @property
    def here(self) -> str:
        return f"/certificates/applications/{self.ticket}"

    def look(self) -> str:
        """At the application."""
        self.visitor.go(self.here)
        return self.visitor.text

    def next(self) -> str:
        """The one thing that is to be done, or that there is nothing to do."""
        self.look()
        return self.visitor.page.locator("#field-command h2").inner_text()

    def requests(self) -> None:
        """From the first page to the receipt, and on to the application once its desk has heard of it."""
        self.visitor.go("/")
        self.visitor.follow("Mengajukan surat keterangan")
        self.visitor.choose("series", "ski")
        self.visitor.write(company(self.name))
        self.visitor.press("Kirim permintaan")
        self.ticket, self.code = self.visitor.page.locator(".keep dd").all_inner_texts()
        self.visitor.follow("Ke permohonan")
        await_(self._arrived)

    def _arrived(self) -> bool:
        self.visitor.page.reload()
        return "Berikutnya" in self.visitor.text

    def uploads(self, kind: str, *products: int) -> None:
        self.visitor.write({"kind": kind})
        for each in products:
            self.visitor.choose(f"products.{each}", "yes")
        self.visitor.page.set_input_files("[name=file]", PICTURE)
        self.visitor.press("Tambahkan dokumen")

    def fills_in_the_account(self) -> None:
        self.visitor.follow("Isi akun")
        self.visitor.write({"hs_codes": HS_CODE, "warehouse": f"Jalan Gudang {self.name}"})
        self.visitor.press("Simpan akun")
        for kind in ACCOUNT_DOCUMENTS:
            self.uploads(kind)
        self.visitor.follow("Lanjutkan permohonan ini")

    def chooses_the_letter(self) -> None:
        self.visitor.follow("Pilih surat dan komoditas")
        self.visitor.choose("kind", "ski_post_border")
        self.visitor.write({"goods": "pangan_olahan"})
        self.visitor.press("Simpan")

    def types_a_product(self, typed: Mapping[str, str]) -> None:
        self.visitor.follow("Tambah produk")
        self.visitor.write(typed)
        self.visitor.press("Simpan produk")

    def uploads_a_table(self, *rows: Mapping[str, str]) -> None:
        self.visitor.page.set_input_files("[name=list]", table(*rows))
        self.visitor.press("Unggah tabel")

    def missing(self) -> Sequence[str]:
        """Each with what asks for it."""
        self.look()
        return self.visitor.page.locator("#missing ~ ul").first.locator("li").all_inner_texts()

    def attaches(self, *kinds: str) -> None:
        self.visitor.go(f"{self.here}/documents")
        for kind in kinds:
            self.uploads(kind)

    def downloads(self) -> tuple[str, bytes]:
        """The number and the file of the letter, once it is sealed."""
        await_(lambda: "Unduh surat" in self.look())
        with self.visitor.page.expect_download() as download:
            self.visitor.page.get_by_role("link", name=re.compile("^Unduh SK")).click()
        return download.value.suggested_filename.removesuffix(".pdf"), download.value.path().read_bytes()


class Official:
    """Somebody of the office, at the desk of certificates."""

    def __init__(self, visitor: Visitor, person: str) -> None:
        self.visitor = visitor
        visitor.go("/certificates/desk/")
        visitor.press(person)

    def opens(self, ticket: str) -> None:
        self.visitor.go(f"/certificates/desk/applications/{ticket}")

    def takes(self) -> str:
        """The ticket of the next application."""
        self.visitor.go("/certificates/desk/")
        self.visitor.press("Ambil berikutnya")
        return self.visitor.path.rpartition("/")[2]

    def passes(self) -> None:
        self.visitor.press("Memenuhi syarat")

    def picks(self, reason: str, where: str) -> None:
        self.visitor.write({"reasons.0.reason": reason, "reasons.0.where": where})
