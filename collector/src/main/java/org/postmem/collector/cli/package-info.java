/** The commands of the collector: options in, one archive and an exit code out. */
package org.postmem.collector.cli;
