"""The verifier that an outsider installs to check a Zona ledger and its evidence, trusting no one in the office; it needs zi_tlog and orjson only."""
