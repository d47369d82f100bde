-- What an attempt proves: why a delivery of it would not show that the client was told of the date
-- (NULL: it would, or there is no date to tell), and since when the number that an appointment's texts
-- went to is no longer known to be the client's.
ALTER TABLE attempts ADD COLUMN no_proof text;
ALTER TABLE appointments ADD COLUMN number_doubted_at timestamptz;
