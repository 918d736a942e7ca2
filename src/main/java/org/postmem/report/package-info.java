/** The incident report: one HTML file made from the case database, the findings and the templates of {@code reports/}. */
package org.postmem.report;
