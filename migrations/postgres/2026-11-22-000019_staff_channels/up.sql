-- How each member of staff is told of their work, and what they were told.
ALTER TABLE staff ADD COLUMN notice_channel text NOT NULL DEFAULT 'text';
ALTER TABLE staff ADD COLUMN notice_address_sealed bytea;
CREATE INDEX messages_to_staff_by_office ON messages (agency_id, office_id, id) WHERE staff_id IS NOT NULL;
CREATE INDEX messages_to_staff_by_person ON messages (agency_id, staff_id, id) WHERE staff_id IS NOT NULL;
CREATE INDEX covers_by_absent ON covers (agency_id, absent_id, ends_at);
