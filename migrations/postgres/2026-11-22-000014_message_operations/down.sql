DROP TABLE job_runs;
DROP TABLE message_budgets;
DROP TABLE sending_pauses;
DROP TABLE message_resends;
