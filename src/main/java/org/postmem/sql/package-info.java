/** The case database and the SQL files that make its tables, views and macros. */
package org.postmem.sql;
