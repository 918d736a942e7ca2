package org.postmem.cli;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.postmem.UserException;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceLimits;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options about files of other tools. */
final class EvidenceOptions {
    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            converter = ZoneConverter.class,
            description =
                    "Time zone of the host, like Europe/Berlin or +02:00, for files of other tools whose clocks have"
                            + " none; default: UTC.")
    private ZoneId zone;

    @Option(
            names = "--max-file",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "Longest file that is read, unpacked; default: 256MB.")
    private Long memberBytes;

    @Option(
            names = "--max-bytes",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "How much is unpacked in all; default: 8GB.")
    private Long totalBytes;

    @Option(names = "--max-files", paramLabel = "N", description = "How many files are read; default: 500000.")
    private Integer members;

    @Option(
            names = "--max-nesting",
            paramLabel = "N",
            description = "How deep archives may lie in archives; default: 2.")
    private Integer nesting;

    /** For picocli. */
    static final class ZoneConverter implements ITypeConverter<ZoneId> {
        @Override
        public ZoneId convert(String text) {
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "'" + text + "' is no time zone that is known here; write Europe/Berlin, UTC or +02:00");
            }
        }
    }

    /** The options that were given, as they would be typed; sizes in bytes. */
    List<String> arguments() {
        List<String> words = new ArrayList<>();
        option(words, "--zone", zone);
        option(words, "--max-file", memberBytes);
        option(words, "--max-bytes", totalBytes);
        option(words, "--max-files", members);
        option(words, "--max-nesting", nesting);
        return words;
    }

    private static void option(List<String> words, String name, Object value) {
        if (value != null) {
            words.add(name);
            words.add(value.toString());
        }
    }

    EvidenceInputs of(List<EvidenceFiles.Named> files) {
        EvidenceLimits standard = EvidenceLimits.STANDARD;
        try {
            return new EvidenceInputs(
                    files,
                    zone,
                    new EvidenceLimits(
                            memberBytes == null ? standard.memberBytes() : memberBytes,
                            totalBytes == null ? standard.totalBytes() : totalBytes,
                            members == null ? standard.members() : members,
                            nesting == null ? standard.nesting() : nesting));
        } catch (IllegalArgumentException e) {
            throw UserException.usage("--max-file, --max-bytes, --max-files or --max-nesting is out of range", e);
        }
    }
}
