"""Table of the cases whose citizen agreed to notices on a browser, written in the transaction that receives their messages."""

from zi_chassis.storage.database import Tx
from zi_contracts import intake
from zi_contracts.data import Data
from zi_contracts.message import Message

TABLES = ("CREATE TABLE IF NOT EXISTS browser_cases (ticket TEXT PRIMARY KEY)",)


def note(tx: Tx, message: Message, step: Data) -> None:
    match step:
        case intake.WebPushAgreed():
            tx.execute(
                "INSERT INTO browser_cases (ticket) VALUES (?) ON CONFLICT (ticket) DO NOTHING",
                message.subject,
            )
        case intake.WebPushEnded() | intake.DataSubjectErased():
            tx.execute("DELETE FROM browser_cases WHERE ticket = ?", message.subject)
        case _:
            pass


def has_browser(tx: Tx, ticket: str) -> bool:
    return bool(tx.execute("SELECT 1 FROM browser_cases WHERE ticket = ?", ticket))


def has_any(tx: Tx) -> bool:
    return bool(tx.execute("SELECT 1 FROM browser_cases LIMIT 1"))
