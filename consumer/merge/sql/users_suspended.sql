-- Sessions of the suspended are deleted after the commit.
INSERT INTO entstream.touch (kind, subject)
SELECT 'session', id FROM user_change WHERE action = 'suspended'
