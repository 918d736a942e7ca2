/**
 * What is read from a host: {@code /proc}, {@code /sys}, statvfs, {@code /dev/kmsg}. Sources hand named byte ranges to
 * an {@link org.postmem.collector.source.EntrySink} and say in a {@link org.postmem.collector.source.Ledger} what they
 * could not read. Kernel text is passed on as the kernel gave it.
 */
package org.postmem.collector.source;
