-- What was deleted in Moodle is counted by every sweep.

CREATE INDEX link_gone ON entstream.link (source) WHERE status = 'gone_in_moodle';
