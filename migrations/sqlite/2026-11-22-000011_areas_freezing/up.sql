-- The area that a supervisor of several offices answers for.
ALTER TABLE staff ADD COLUMN area_code TEXT;
CREATE INDEX offices_by_area ON offices (agency_id, area_code, id);

-- What is listed by date for more than one office.
CREATE INDEX appointments_by_due ON appointments (agency_id, due_on, id);
CREATE INDEX tasks_by_status_due ON tasks (agency_id, status, due_on, id);
