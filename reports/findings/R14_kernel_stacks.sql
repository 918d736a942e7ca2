-- Threads of one process pile up; their stacks, page tables and kernel structures are one cause, not five.
-- id: R14
-- kind: kernel_stacks
-- chapter: kernel
-- needs: process_sample, process_sample.threads
-- grows: proc_threads
-- threshold stack_bytes = 16384 bytes: a kernel stack on 64-bit machines
SELECT r.* EXCLUDE (growth_bytes, rate_bytes_per_second, rate_low, rate_high, exhausted_from, exhausted_to, share_of_loss),
  'process' AS culprit_type,
  r.growth_bytes AS threads,
  (r.growth_bytes * threshold('R14', 'stack_bytes') + greatest(0, coalesce(x.anon, 0)) + greatest(0, coalesce(x.pte, 0)))::BIGINT AS growth_bytes,
  (r.growth_bytes * threshold('R14', 'stack_bytes') + greatest(0, coalesce(x.anon, 0)) + greatest(0, coalesce(x.pte, 0)))
    / nullif(r.end_t - r.onset_t, 0) AS rate_bytes_per_second,
  share_of(r.growth_bytes * threshold('R14', 'stack_bytes') + greatest(0, coalesce(x.anon, 0)) + greatest(0, coalesce(x.pte, 0)), r.loss_bytes)
    AS share_of_loss,
  x.anon AS user_stack_bytes
FROM leak_row AS r
LEFT JOIN process_growth AS x USING (sid)
WHERE r.metric = 'proc_threads'
ORDER BY r.capture_id, growth_bytes DESC, r.sid
