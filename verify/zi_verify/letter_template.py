"""Choose which templates of letters are run: those that this program knows by their digest, and those that a ledger recorded as adopted when
`zi-verify log` replayed it under the pinned policy."""

from zi_verify.standing import ChainState

# SHA-256 of each version of rules/zi_rules/data/letter_templates that letters were sealed with.
SHIPPED = frozenset(
    {
        "67b5b0d31c7f38ca81555a6cbfce7ad883c835d09e5e9813e617ef497051d4e4",
        "c5bb6d168ed4be4a1ab9e46fa3347d3cddeb95d4e25b8ae438f5eb186a447a7a",
        "a7450fba44b50cf244fd1dd1c37263d252e09377a0aef6b71eb47678371aa058",
        "d3ac617b88006d65b67f222b55eae87bf6bfee76227c5747a8f3d040b500f3fa",
        "77f88f6bbc55e1783d8c27f9a1bd92f1cc2275955203650eddae5e49550a4249",
    }
)

_KIND = "letter_template"


def adopted_templates(standing: ChainState) -> set[str]:
    """The digests of the templates that the services of the log's office which issue letters adopted, also where it uses them no more."""
    sources = {f"{standing.office}/{service}" for service in ("certificates", "umkm", "integrity")}
    uses = standing.configurations.uses
    return {use.digest for key, use in uses.items() if key.source in sources and key.kind == _KIND}
