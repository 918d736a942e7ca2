/** {@code postmem demo}: a service that leaks, the collector beside it, and the report about both. */
package org.postmem.demo;
