ALTER TABLE client_sessions DROP COLUMN wechat_binding_id;
DROP TABLE wechat_bindings;
