DROP TABLE integrator_credentials;
DROP TABLE integrators;
DROP INDEX sessions_by_end;
ALTER TABLE refresh_tokens DROP COLUMN voided_at;
