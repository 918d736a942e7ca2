/** The text that other tools print, as records: one parser a tool, bytes in, records and issues out. */
package org.postmem.tools;
