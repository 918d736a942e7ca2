/** Opens what lies in files, folders and archives: a name, a date and bytes; nothing is unpacked to disk. */
package org.postmem.evidence;
