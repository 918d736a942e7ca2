/** The commands: options in, exit code out. */
package org.postmem.cli;
