-- Until when an office takes visitors, local time HH:MM.
ALTER TABLE offices ADD COLUMN visits_until TEXT NOT NULL DEFAULT '17:00';

-- A text taken away keeps its row: versions go on rising when it is saved anew.
ALTER TABLE templates ADD COLUMN removed_at INTEGER;
