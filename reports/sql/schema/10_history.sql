-- The host's own longer history: what sysstat recorded before, and beside, the capture.
-- columns of activity (saDD files of sysstat), one row a number, raw as it was recorded; counters restart with the host:
--   member    VARCHAR    archive member it comes from (host/sa/sa22)
--   ts        TIMESTAMP  UTC
--   boot      INTEGER    how many restarts the file had recorded before; never compare counters across it
--   activity  VARCHAR    page_rate, swap_rate: what sar, sadf and atop print, per second; else cpu, swap, page, memory, kernel_tables, queue, huge, pressure_cpu, pressure_io, pressure_memory
--   item      INTEGER    -1 for all CPUs together, else 0
--   name      VARCHAR    the kernel's name (MemFree, pswpin, some_avg10)
--   value     DOUBLE     bytes for memory and huge pages; seconds for pressure totals; percent for pressure averages;
--                        load averages as they are; clock ticks for cpu; pages, kB or events since boot for swap and page
CREATE TABLE activity (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  ts TIMESTAMP NOT NULL,
  boot INTEGER NOT NULL,
  activity VARCHAR NOT NULL,
  item INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  value DOUBLE
);

-- columns of activity_event (restarts and comments of the same files):
--   kind     VARCHAR    restart | comment
--   comment  VARCHAR    NULL for a restart
CREATE TABLE activity_event (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  ts TIMESTAMP NOT NULL,
  boot INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  comment VARCHAR
);
