DROP INDEX wechat_bindings_by_union;
ALTER TABLE wechat_bindings DROP COLUMN unionid_index;
