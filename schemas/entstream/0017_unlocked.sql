-- Cohorts whose lock an operator has released: followed by their link, without our component, so that administrators can
-- edit them.
ALTER TABLE entstream.link ADD COLUMN unlocked boolean NOT NULL DEFAULT false;
