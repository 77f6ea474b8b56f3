"""The budgets of one client for one day, and the floor of free disk; too much is refused before anything of it is read."""

import shutil
from datetime import date

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.settings import Settings
from zi_chassis.web.limits import DayBudget
from zi_chassis.web.problem import RefusedError, TooManyRequestsError
from zi_intake.uploads.attachments import MEGABYTE

LATER = 3600
LOOKUPS = 10  # for each filing of the budget


class FilingBudgetError(TooManyRequestsError):
    """Nothing was filed."""


class TooManyFilingsError(FilingBudgetError):
    def __init__(self) -> None:
        super().__init__(
            "Very much was filed from your connection today. Come back tomorrow, use another connection, or come to the office.",
            retry_after=LATER,
        )


class TooManyMailFilingsError(FilingBudgetError):
    def __init__(self) -> None:
        super().__init__(
            "Very many e-mail addresses were given from your connection today. File it without an e-mail address, or tomorrow.",
            retry_after=LATER,
        )


class TooManySystemEntriesError(FilingBudgetError):
    def __init__(self) -> None:
        super().__init__(
            "This system has entered as many reports today as the office lets it. Send this one tomorrow under the same key, or ask the office.",
            retry_after=LATER,
        )


class TooManyUploadsError(TooManyRequestsError):
    def __init__(self) -> None:
        super().__init__(
            "Very many files were sent from your connection today, so this one was not kept. Send it tomorrow, or bring it to the office.",
            retry_after=LATER,
        )


class DiskFullError(RefusedError):
    """The disk is nearly full: files are refused while there is still room for everything else."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The office has no room for files at the moment, so this one was not kept. Your case goes on without it: send it again tomorrow."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(LATER)}


class Budgets:
    """The budgets of clients for one day; `client` is an address from `client_address`."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._folder, self._floor = settings.folder, settings.free_disk_mb * MEGABYTE
        self._clock, self._zone = clock, office_zone()
        self._filings = DayBudget(settings.filings_a_day)
        self._lookups = DayBudget(settings.filings_a_day * LOOKUPS)
        self._mail_filings = DayBudget(settings.mail_filings_a_day)
        self._entries: dict[str, DayBudget] = {}
        self._uploads = DayBudget(settings.upload_mb_a_day * MEGABYTE)

    def count(self, client: str, has_email: bool, filings: int = 1) -> FilingBudgetError | None:
        """Count a filing, and return why it is one too many, None if it is not; minus one for a filing that failed."""
        today = self.today()
        is_over = self._filings.use(client, today, filings) < 0
        is_over_by_mail = has_email and self._mail_filings.use(client, today, filings) < 0
        if is_over:
            return TooManyFilingsError()
        return TooManyMailFilingsError() if is_over_by_mail else None

    def count_entry(self, system: str, most: int, entries: int = 1) -> None:
        """Count an entry of a system, of which it has so many a day; minus one for an entry that failed. Raises TooManySystemEntriesError."""
        budget = self._entries.setdefault(system, DayBudget(most))
        if entries > 0 and budget.left(system, self.today()) < entries:
            raise TooManySystemEntriesError
        budget.use(system, self.today(), entries)

    def may_look_up(self, client: str) -> bool:
        """Count a look for published incidents; return whether the client may still have it."""
        return self._lookups.use(client, self.today()) >= 0

    def refuse_upload(self, client: str, by: Act) -> None:
        """Refuse an upload before the file is read. Officials have no budget: they are known."""
        if shutil.disk_usage(self._folder).free < self._floor:
            raise DiskFullError
        if not by.role.startswith("staff:") and self._uploads.left(client, self.today()) < 1:
            raise TooManyUploadsError

    def count_upload(self, client: str, by: Act, size: int) -> None:
        """Count an upload, also of a file that is refused afterwards: opening it is the work. Minus its size for one that could not be stored."""
        if not by.role.startswith("staff:"):
            self._uploads.use(client, self.today(), size)

    def today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()
