-- Since when a message has been put off because its providers rest or failed.
ALTER TABLE messages ADD COLUMN held_since INTEGER;
UPDATE messages SET held_since = updated_at
WHERE status = 'scheduled' AND next_action_at IS NOT NULL AND attempt_count > 0;
