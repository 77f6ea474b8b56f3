"""The message about an application that another system sent, field by field: not the sender's reference."""

from zi_certificates.domain import imported as imported_domain
from zi_certificates.domain.imported import ApplicationImported, Imported
from zi_chassis.domain import Decider, Disclosure
from zi_contracts import certificates as contract


def publish(event: ApplicationImported, _: Imported) -> Disclosure:
    data = contract.ApplicationImported(
        import_key=event.key,
        digest=event.content,
        item_count=event.item_count,
        application=event.application,
    )
    return Disclosure(event.ticket, data)


imports: Decider[Imported] = Decider(
    name="import",
    initial=imported_domain.initial,
    decide=imported_domain.decide,
    evolve=imported_domain.evolve,
    events=(ApplicationImported,),
    publish=publish,
)
