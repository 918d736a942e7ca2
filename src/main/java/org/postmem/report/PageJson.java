package org.postmem.report;

import java.util.List;

/**
 * JSON for a script element: {@code <}, {@code >}, {@code &}, the line separators and control characters are escaped,
 * so nothing a host is called ends the element or begins another.
 */
final class PageJson {
    private final StringBuilder out = new StringBuilder();
    private boolean first = true;

    PageJson open(char bracket) {
        comma();
        out.append(bracket);
        first = true;
        return this;
    }

    PageJson close(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    PageJson name(String name) {
        comma();
        string(name);
        out.append(':');
        first = true;
        return this;
    }

    PageJson value(String text) {
        comma();
        if (text == null) {
            out.append("null");
        } else {
            string(text);
        }
        return this;
    }

    PageJson value(long number) {
        comma();
        out.append(number);
        return this;
    }

    /** A series as its first value and the differences that follow: long runs of 0 take no room. */
    PageJson differences(long[] series) {
        open('[');
        long before = 0;
        for (long value : series) {
            value(value - before);
            before = value;
        }
        return close(']');
    }

    PageJson strings(List<String> texts) {
        open('[');
        texts.forEach(this::value);
        return close(']');
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029' || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
