-- The number an attempt went to, as clients.phone_index: what is said of it says nothing of a later one.
ALTER TABLE attempts ADD COLUMN phone_index bytea;
