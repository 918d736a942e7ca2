package org.postmem.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

// 2GB, 512 MiB, 1500000

/** A size as a person writes it. K, M and G are powers of 1024, with or without the i. */
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([KMG]?)I?B?", Pattern.CASE_INSENSITIVE);

    @Override
    public Long convert(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new TypeConversionException("'" + text + "' is no size; write 2GB or 512MB");
        }
        long number = Long.parseLong(size.group(1));
        int powers = switch (size.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
        if (number > Long.MAX_VALUE >> powers) {
            throw new TypeConversionException("'" + text + "' is more than any file or memory holds");
        }
        return number << powers;
    }
}
