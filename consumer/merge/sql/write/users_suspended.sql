-- Sessions of the suspended are deleted after the commit.
INSERT INTO entstream.touch (kind, subject)
SELECT 'session', user_id FROM user_change WHERE action = 'suspended'
