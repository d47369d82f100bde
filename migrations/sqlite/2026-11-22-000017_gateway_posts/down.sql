DROP TABLE gateway_posts;
