-- What memleak or the like was attached, if any.
-- requires: path_bcc
-- columns of lead_bcc, one row a capture with attached stacks: text: attached; the stack that grew most
CREATE OR REPLACE VIEW lead_bcc AS
SELECT capture_id, 'attached' AS text, arg_max(list_aggregate(string_split(stack, ' › '), 'last'), (growth_bytes, last_bytes, stack)) AS frame,
       max(growth_bytes) AS growth_bytes, count(*) AS stacks
FROM path_bcc
GROUP BY capture_id
ORDER BY capture_id;
