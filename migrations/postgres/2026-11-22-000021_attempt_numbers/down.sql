ALTER TABLE attempts DROP COLUMN phone_index;
