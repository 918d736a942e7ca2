package org.postmem.collector.archive;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The little JSON that the archive needs, strict both ways (RFC 8259). Objects are {@link Map}s that keep their order, arrays
 * {@link List}s, numbers {@link Long} where they are whole and fit, else {@link Double}.
 */
public final class Json {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_CHARS = 16 << 20;

    private Json() {}

    /** A text that is not JSON, and where. */
    public static final class MalformedJsonException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;
        private final int offset;

        MalformedJsonException(String reason, int offset) {
            super(reason + " at character " + offset);
            this.offset = offset;
        }

        /** 0-based character at which reading stopped. */
        public int offset() {
            return offset;
        }
    }

    /**
     * Writes without blanks.
     *
     * @param value a map with string keys, an iterable, a string, an enum, an instant, a boolean, a finite number or null
     * @throws IllegalArgumentException for anything else
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder(256);
        write(value, out, 0);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON deeper than " + MAX_DEPTH);
        }
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Map<?, ?> map) {
            char separator = '{';
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                quote((String) entry.getKey(), out);
                out.append(':');
                write(entry.getValue(), out, depth + 1);
                separator = ',';
            }
            out.append(separator == '{' ? "{}" : "}");
        } else if (value instanceof Iterable<?> list) {
            char separator = '[';
            for (Object element : list) {
                out.append(separator);
                write(element, out, depth + 1);
                separator = ',';
            }
            out.append(separator == '[' ? "[]" : "]");
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException("JSON has no " + number);
            }
            out.append(number);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigDecimal) {
            out.append(value);
        } else if (value instanceof CharSequence || value instanceof Enum<?> || value instanceof Instant) {
            quote(value.toString(), out);
        } else {
            throw new IllegalArgumentException("JSON has no " + value.getClass().getName());
        }
    }

    /** A string between quotes, as everything of postmem that writes JSON writes it. */
    public static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Lone surrogates have no UTF-8 form: as escapes they survive.
                    if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029 || loneSurrogate(text, i)) {
                        out.append("\\u");
                        for (int shift = 12; shift >= 0; shift -= 4) {
                            out.append(Character.forDigit(c >> shift & 15, 16));
                        }
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean loneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    /**
     * Reads one value and nothing after it.
     *
     * @throws MalformedJsonException for anything else, a key that stands twice, or more than 64 levels or 16 Mi characters
     */
    public static Object read(CharSequence text) {
        return new Reader(text.toString()).document();
    }

    /** Reads an object from UTF-8 text; see {@link #read}. */
    public static Map<String, Object> readObject(byte[] utf8) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedJsonException("not UTF-8", 0);
        }
        return readObject(text);
    }

    /** Reads an object; see {@link #read}. */
    public static Map<String, Object> readObject(CharSequence text) {
        Object value = read(text);
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> object = new LinkedHashMap<>();
            map.forEach((key, element) -> object.put((String) key, element));
            return object;
        }
        throw new MalformedJsonException("not an object", 0);
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Object document() {
            if (text.length() > MAX_CHARS) {
                throw new MalformedJsonException("longer than " + MAX_CHARS + " characters", MAX_CHARS);
            }
            Object value = value(0);
            blanks();
            if (at != text.length()) {
                throw broken("text after the end");
            }
            return value;
        }

        private Object value(int depth) {
            if (depth > MAX_DEPTH) {
                throw broken("deeper than " + MAX_DEPTH);
            }
            blanks();
            return switch (peek()) {
                case '{' -> object(depth);
                case '[' -> array(depth);
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        private Map<String, Object> object(int depth) {
            Map<String, Object> object = new LinkedHashMap<>();
            at++;
            blanks();
            if (peek() == '}') {
                at++;
                return object;
            }
            while (true) {
                blanks();
                int start = at;
                if (peek() != '"') {
                    throw broken("a key expected");
                }
                String key = string();
                blanks();
                take(':');
                Object value = value(depth + 1);
                if (object.containsKey(key)) {
                    throw new MalformedJsonException("the key " + key + " stands twice", start);
                }
                object.put(key, value);
                blanks();
                if (peek() == '}') {
                    at++;
                    return object;
                }
                take(',');
            }
        }

        private List<Object> array(int depth) {
            List<Object> array = new ArrayList<>();
            at++;
            blanks();
            if (peek() == ']') {
                at++;
                return array;
            }
            while (true) {
                array.add(value(depth + 1));
                blanks();
                if (peek() == ']') {
                    at++;
                    return array;
                }
                take(',');
            }
        }

        private String string() {
            StringBuilder out = new StringBuilder();
            at++;
            while (true) {
                char c = peek();
                if (c == '"') {
                    at++;
                    return out.toString();
                }
                if (c < 0x20) {
                    throw broken("a control character in a string");
                }
                at++;
                if (c != '\\') {
                    out.append(c);
                    continue;
                }
                char escape = peek();
                at++;
                switch (escape) {
                    case '"', '\\', '/' -> out.append(escape);
                    case 'b' -> out.append('\b');
                    case 'f' -> out.append('\f');
                    case 'n' -> out.append('\n');
                    case 'r' -> out.append('\r');
                    case 't' -> out.append('\t');
                    case 'u' -> {
                        int code = 0;
                        for (int i = 0; i < 4; i++) {
                            char digit = peek();
                            int nibble = digit < 0x80 ? Character.digit(digit, 16) : -1;
                            if (nibble < 0) {
                                throw broken("four hexadecimal digits expected");
                            }
                            code = code << 4 | nibble;
                            at++;
                        }
                        out.append((char) code);
                    }
                    default -> {
                        at--;
                        throw broken("unknown escape");
                    }
                }
            }
        }

        private Object number() {
            int start = at;
            if (peek() == '-') {
                at++;
            }
            int whole = at;
            digits();
            if (text.charAt(whole) == '0' && at > whole + 1) {
                throw new MalformedJsonException("a number with a leading zero", start);
            }
            boolean fraction = false;
            if (at < text.length() && text.charAt(at) == '.') {
                fraction = true;
                at++;
                digits();
            }
            if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
                fraction = true;
                at++;
                if (peek() == '+' || peek() == '-') {
                    at++;
                }
                digits();
            }
            String number = text.substring(start, at);
            if (!fraction) {
                try {
                    return Long.valueOf(number);
                } catch (NumberFormatException e) {
                    // more than 64 bits: as a double below
                }
            }
            double value = Double.parseDouble(number);
            if (!Double.isFinite(value)) {
                throw new MalformedJsonException("a number too large", start);
            }
            return value;
        }

        private void digits() {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at == start) {
                throw broken(at == text.length() ? "unexpected end" : "a value expected");
            }
        }

        private Object word(String word, Object value) {
            if (!text.startsWith(word, at)) {
                throw broken("a value expected");
            }
            at += word.length();
            return value;
        }

        private void take(char expected) {
            if (peek() != expected) {
                throw broken("'" + expected + "' expected");
            }
            at++;
        }

        private char peek() {
            if (at >= text.length()) {
                throw broken("unexpected end");
            }
            return text.charAt(at);
        }

        private void blanks() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private MalformedJsonException broken(String reason) {
            return new MalformedJsonException(reason, at);
        }
    }
}
