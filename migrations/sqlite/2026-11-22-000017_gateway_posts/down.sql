ALTER TABLE wechat_bindings DROP COLUMN unfollowed_at;
DROP TABLE gateway_posts;
