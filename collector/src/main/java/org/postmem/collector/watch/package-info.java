/** What the collector notices while it reads: a host that gets into trouble, a clock that was set. */
package org.postmem.collector.watch;
