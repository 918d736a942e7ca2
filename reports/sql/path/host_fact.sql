-- Facts about the host that the numbers depend on, last reading.
-- requires: host_fact
-- order: name
-- limit: 200
-- show: 12
-- columns of path_host_fact:
--   name   VARCHAR [file]
--   value  VARCHAR [value]
CREATE OR REPLACE VIEW path_host_fact AS
SELECT capture_id, name, left(arg_max(value, snapshot), 300) AS value
FROM host_fact
GROUP BY capture_id, name
ORDER BY capture_id, name;
