-- The due day that a client said they know of: one that moved since then is not confirmed.
ALTER TABLE appointment_confirmations ADD COLUMN due_on date;
UPDATE appointment_confirmations SET due_on = appointments.due_on FROM appointments
WHERE appointments.agency_id = appointment_confirmations.agency_id
    AND appointments.id = appointment_confirmations.appointment_id;
ALTER TABLE appointment_confirmations ALTER COLUMN due_on SET NOT NULL;

-- What clients ask for has no case about it.
CREATE INDEX tasks_by_client ON tasks (agency_id, client_id, id) WHERE case_id IS NULL;
