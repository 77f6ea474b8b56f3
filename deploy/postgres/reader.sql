-- Run by the owner of a service's database: the role `reconcile` may read what the owner makes, now and later, and change nothing.
GRANT USAGE ON SCHEMA public TO reconcile;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reconcile;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reconcile;
