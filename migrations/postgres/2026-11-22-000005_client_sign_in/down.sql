ALTER TABLE excuses DROP COLUMN from_client;
DROP TABLE check_ins;
DROP TABLE appointment_confirmations;
DROP TABLE client_sessions;
DROP TABLE client_numbers;
DROP TABLE sign_in_budgets;
DROP TABLE sign_in_codes;
