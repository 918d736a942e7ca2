package org.postmem.tools;

/**
 * What happened in a second, on average since the reading before.
 *
 * @param activity page_rate or swap_rate, kernel_tables or queue for what is counted now
 * @param name the kernel's name: pgscan_direct, pswpin
 */
public record Rate(String activity, String name, double value) {}
