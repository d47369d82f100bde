DROP INDEX tasks_by_status_due;
DROP INDEX appointments_by_due;
DROP INDEX offices_by_area;
ALTER TABLE staff DROP COLUMN area_code;
