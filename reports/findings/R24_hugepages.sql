-- The pool of huge pages grows, or holds much memory that nobody uses.
-- id: R24
-- kind: hugepages
-- chapter: meminfo
-- needs: meminfo
-- threshold waste_share = 0.1 of MemTotal: free and unreserved all the time
SELECT capture_id, severity, confidence, trend, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss,
  first_seen, last_seen, NULL::VARCHAR AS text, NULL::BIGINT AS free_bytes, 'hugepages' AS kind, 'host' AS culprit_type,
  'huge page pool' AS culprit_name, evidence_sql, evidence_members
FROM leak_row
WHERE metric = 'host_hugetlb'
UNION ALL
SELECT capture_id, CASE WHEN min(mem_available_bytes / mem_total_bytes) < 0.1 THEN 'warning' ELSE 'info' END, 0.9, 'flat', NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, 'waste', min((huge_pages_free - coalesce(huge_pages_rsvd, 0)) * huge_page_size_bytes)::BIGINT, 'configuration', 'host',
  'huge page pool', ['SELECT snapshot, huge_pages_total, huge_pages_free FROM meminfo ORDER BY snapshot'], NULL
FROM meminfo
GROUP BY capture_id
HAVING min((huge_pages_free - coalesce(huge_pages_rsvd, 0)) * huge_page_size_bytes) > threshold('R24', 'waste_share') * max(mem_total_bytes)
ORDER BY capture_id, kind
