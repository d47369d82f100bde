DROP TABLE sign_in_counters;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP TABLE credentials;
