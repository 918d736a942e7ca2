package org.postmem.procfs;

import org.postmem.units.PageSize;

/** Numbers in a line of an OOM report, {@code anon-rss:200052kB}. */
final class OomField {
    /** Far above the largest page, so that a sum of a few numbers fits as well. */
    private static final long ROOM = 1 << 20;

    private OomField() {}

    /**
     * A number of pages whose size is not known yet.
     *
     * @throws ArithmeticException where its bytes would not fit into 63 bits
     */
    static Long pages(String digits) {
        long pages = Long.parseLong(digits);
        Math.multiplyExact(pages, ROOM);
        return pages;
    }

    static Long bytes(Long pages, PageSize page) {
        return pages == null ? null : (Long) page.toBytes(pages);
    }

    /** Bytes of a number of kB behind the first place of a name; {@code null} where there is none. */
    static Long kilobytesBehind(String text, String name) {
        Long kilobytes = numberBehind(text, name);
        return kilobytes == null ? null : Math.multiplyExact(kilobytes, 1024L);
    }

    static Long numberBehind(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            return null;
        }
        int from = at + name.length();
        int to = from;
        while (to < text.length() && (Character.isDigit(text.charAt(to)) || (to == from && text.charAt(to) == '-'))) {
            to++;
        }
        String digits = text.substring(from, to);
        return digits.matches("-?[0-9]{1,18}") ? Long.valueOf(digits) : null;
    }

    static Long kilobytes(String digits) {
        return Math.multiplyExact(Long.parseLong(digits), 1024L);
    }

    static Integer toInt(Long value) {
        return value == null ? null : (Integer) Math.toIntExact(value);
    }
}
