package org.postmem.collector.archive;

/**
 * A place that could not be read.
 *
 * @param fromByte the fault lies at or after this byte of the file …
 * @param toByte … and before this one
 * @param firstSnapshot of those lost, {@code null} when unknown or none is
 * @param lastSnapshot likewise; the last that is known to be lost
 */
public record Damage(long fromByte, long toByte, Integer firstSnapshot, Integer lastSnapshot, String reason) {}
