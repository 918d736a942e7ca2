/** Archive entries through parsers into tables. */
package org.postmem.ingest;
