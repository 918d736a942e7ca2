/** What must not leave the host: names replaced by pseudonyms whose key stays behind. */
package org.postmem.collector.privacy;
