-- Which keys the database's sealed fields need: shows a wrong or missing key at the start. Holds no key.
CREATE TABLE sealing_keys (
    name text NOT NULL,
    proof bytea NOT NULL,
    PRIMARY KEY (name)
);
