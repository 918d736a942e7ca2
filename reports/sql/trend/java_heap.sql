-- The most that the heap of a Java virtual machine may take, as its command line says.
-- java_heap_limit(command): bytes; of several -Xmx or -XX:MaxHeapSize the last one counts, as for the JVM; NULL when it has none
CREATE OR REPLACE MACRO java_heap_limit(command) AS
  try_cast(regexp_extract_all(command, '(?:^|\s)-(?:Xmx|XX:MaxHeapSize=)(\d{1,12})([kKmMgGtT]?)\b', 1)[-1] AS BIGINT)
    * CASE lower(regexp_extract_all(command, '(?:^|\s)-(?:Xmx|XX:MaxHeapSize=)(\d{1,12})([kKmMgGtT]?)\b', 2)[-1])
        WHEN 'k' THEN 1024 WHEN 'm' THEN 1048576 WHEN 'g' THEN 1073741824 WHEN 't' THEN 1099511627776 ELSE 1 END;
