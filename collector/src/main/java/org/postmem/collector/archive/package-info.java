/**
 * The archive: one append-only {@code .tar.zst} file of hashed segments, written by the collector and read by the
 * analyzer. This package owns the format; nothing else knows where a byte lies.
 */
package org.postmem.collector.archive;
