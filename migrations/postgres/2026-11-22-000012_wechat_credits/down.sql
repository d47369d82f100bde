DROP TABLE subscription_credits;
DROP TABLE credit_events;
