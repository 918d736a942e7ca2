/**
 * sysstat's own binary history ({@code saDD}), read without sysstat: what the host recorded about itself before
 * postmem was started. Only facts of the format stand here; sa.h and sa_common.c of sysstat 10.1.5 to 12.7.9 are where
 * they come from.
 */
package org.postmem.sysstat;
