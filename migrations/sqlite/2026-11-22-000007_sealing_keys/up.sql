-- Which keys the database's sealed fields need: shows a wrong or missing key at the start. Holds no key.
CREATE TABLE sealing_keys (
    name TEXT NOT NULL,
    proof BLOB NOT NULL,
    PRIMARY KEY (name)
) STRICT;
