/** Rules, the verdict and {@code findings.json}: rows in, sentences out. */
package org.postmem.findings;
