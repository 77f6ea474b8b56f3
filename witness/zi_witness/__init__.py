"""A witness of transparency logs (c2sp.org/tlog-witness): it cosigns a log's checkpoint only if it continues the one that it cosigned
last, so that a log which forgets, rewrites or forks finds no second cosignature. Needs nothing of an office but its log's key."""
