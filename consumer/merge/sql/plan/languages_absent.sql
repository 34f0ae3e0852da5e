-- They are taken for absent.
UPDATE user_delta SET lang = '' WHERE lang <> '' AND lang <> ALL ({languages})
