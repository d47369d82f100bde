ALTER TABLE appointments DROP COLUMN number_doubted_at;
ALTER TABLE attempts DROP COLUMN no_proof;
