-- Finds who follows the service account among those who bound the mini program.
ALTER TABLE wechat_bindings ADD COLUMN unionid_index BLOB;
CREATE INDEX wechat_bindings_by_union ON wechat_bindings (agency_id, unionid_index) WHERE ended_at IS NULL;
