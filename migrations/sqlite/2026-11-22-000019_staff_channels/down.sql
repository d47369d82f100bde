DROP INDEX covers_by_absent;
DROP INDEX messages_to_staff_by_person;
DROP INDEX messages_to_staff_by_office;
ALTER TABLE staff DROP COLUMN notice_address_sealed;
ALTER TABLE staff DROP COLUMN notice_channel;
