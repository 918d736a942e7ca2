-- How much memory a program may take, as its command line says: the heap of a Java virtual machine, the memory of a guest, a cache.
-- is_java(comm, exe): NULL where neither tells
-- java_heap_limit(command): bytes; of several -Xmx or -XX:MaxHeapSize the last one counts, as for the JVM; NULL when it has none
CREATE OR REPLACE MACRO is_java(comm, exe) AS comm = 'java' OR exe LIKE '%/java';

-- the number of the last option of that kind, or its unit
CREATE OR REPLACE MACRO java_heap_option(command, part) AS
  regexp_extract_all(command, '(?:^|\s)-(?:Xmx|XX:MaxHeapSize=)(\d{1,12})([kKmMgGtT]?)\b', part)[-1];

CREATE OR REPLACE MACRO unit_bytes(unit) AS CASE lower(unit) WHEN 'k' THEN 1024 WHEN 'm' THEN 1048576 WHEN 'g' THEN 1073741824 WHEN 't' THEN 1099511627776 ELSE 1 END;

CREATE OR REPLACE MACRO java_heap_limit(command) AS
  try_cast(java_heap_option(command, 1) AS BIGINT) * unit_bytes(java_heap_option(command, 2));

-- java_heap_share(command): of the memory of host or container, 0 … 1; services in containers are mostly given this and no -Xmx. What
-- else tells the machine how much memory there is (MaxRAM, MaxRAMFraction) is not reckoned with: then NULL
CREATE OR REPLACE MACRO java_heap_share(command) AS CASE WHEN NOT regexp_matches(command, '-XX:MaxRAM(=|Fraction)')
  THEN try_cast(regexp_extract_all(command, '(?:^|\s)-XX:MaxRAMPercentage=(\d{1,3}(?:\.\d{1,6})?)(?:\s|$)', 1)[-1] AS DOUBLE) / 100 END;

-- heap_most(...): the most that the heap of a process may take; NULL of one that is not Java's, and where nothing tells. A quarter of
-- memory is the default; the command line does not tell all options, so that counts for one that was just started only.
-- contained_bytes is the memory of its container or, where that has no limit, of the host; NULL where its control group was not read
CREATE OR REPLACE MACRO heap_most(comm, exe, command, just_started, mem_total_bytes, contained_bytes) AS CASE WHEN is_java(comm, exe)
  THEN coalesce(java_heap_limit(command), (java_heap_share(command) * contained_bytes)::BIGINT,
    CASE WHEN just_started AND NOT contains(command, '-XX:MaxRAM') THEN coalesce(contained_bytes, mem_total_bytes) // 4 END) END;

-- granted_most(...): what QEMU (-m 8192, -m size=8388608k,slots=16: MiB without a unit) gives its guest, memcached (-m 1024, MiB) its
-- items, MySQL and MariaDB (--innodb-buffer-pool-size=48G, bytes without a unit), MongoDB (--wiredTigerCacheSizeGB), Varnish
-- (-s malloc,24G; its worker is cache-main) and Redis or Valkey (--maxmemory 8gb) their caches: a guest touches all of its memory sooner
-- or later, a cache fills to its limit, and no page of it comes back by itself. NULL of any other program, and where a file sets the limit
CREATE OR REPLACE MACRO granted_option(command, part) AS
  regexp_extract_all(command, '\s(?:-m|--memory-limit)[= ](?:size=)?(\d{1,12})([kKmMgGtT]?)', part)[-1];

CREATE OR REPLACE MACRO cache_option(comm, command, part) AS regexp_extract_all(command, CASE
  WHEN regexp_matches(comm, '^(mysqld|mariadbd)$') THEN '\s--innodb[-_]buffer[-_]pool[-_]size[= ](\d{1,15})([kKmMgGtT]?)(?:\s|$)'
  WHEN comm = 'mongod' THEN '\s--wiredTigerCacheSize(?:GB)[= ](\d{1,6})(?:\.\d*)?()(?:\s|$)'
  WHEN regexp_matches(comm, '^(varnishd|cache-main)$') THEN '\s-s ?(?:\w+=)?(?:malloc|default),(\d{1,15})([kKmMgGtT]?)[bB]?(?:\s|$)'
  WHEN regexp_matches(comm, '^(redis|valkey)-server$') THEN '\s--maxmemory[= ](\d{1,15})([kKmMgG]?)[bB]?(?:\s|$)'
  ELSE '()()$^' END, part)[-1];

CREATE OR REPLACE MACRO granted_most(comm, command) AS CASE WHEN regexp_matches(comm, '^(qemu-|kvm$|memcached$)')
  THEN try_cast(granted_option(command, 1) AS BIGINT) * CASE granted_option(command, 2) WHEN '' THEN 1048576 ELSE unit_bytes(granted_option(command, 2)) END
  ELSE try_cast(cache_option(comm, command, 1) AS BIGINT) * CASE WHEN comm = 'mongod' THEN 1073741824 ELSE unit_bytes(cache_option(comm, command, 2)) END END;

-- heap_inside(...): does a process hold no more than it may take, and is there room for the rest of that? A heap that has not
-- reached its limit has not had to show what of it lives, however long it takes; where that limit is more than is left, it
-- runs out all the same
CREATE OR REPLACE MACRO heap_inside(most_bytes, held_bytes, available_bytes) AS
  coalesce(most_bytes - held_bytes BETWEEN 0 AND available_bytes, false);
