-- A text taken away has no row without the column.
DELETE FROM templates WHERE removed_at IS NOT NULL;
ALTER TABLE templates DROP COLUMN removed_at;
ALTER TABLE offices DROP COLUMN visits_until;
