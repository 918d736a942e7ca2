package org.postmem.cli;

/** How {@code postmem sql} prints rows. */
enum ResultFormat {
    TABLE,
    CSV,
    JSON,
    PARQUET
}
