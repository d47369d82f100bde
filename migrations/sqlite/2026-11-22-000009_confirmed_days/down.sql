DROP INDEX tasks_by_client;
ALTER TABLE appointment_confirmations DROP COLUMN due_on;
