DROP TABLE retention_reports;
DROP TABLE family_contacts;
DROP TABLE consents;
