package org.postmem.findings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.postmem.UserException;
import org.postmem.sql.ReportFiles;

/**
 * Rule files of one place. A file that is no rule becomes a fault, and the others are used.
 *
 * @param rules in the order of their files
 * @param faults one sentence a file that cannot be used: file, line, what is wrong
 */
public record RuleFolder(List<RuleFile> rules, List<String> faults) {
    private static final String SUFFIX = ".sql";

    public RuleFolder {
        rules = List.copyOf(rules);
        faults = List.copyOf(faults);
    }

    /** The rules postmem comes with; a fault in one of them is a fault of postmem. */
    public static RuleFolder packaged(ReportFiles reports) {
        return new RuleFolder(
                reports.list("findings", SUFFIX).stream()
                        .map(path -> RuleFile.parse("reports/" + path, reports.text(path)))
                        .toList(),
                List.of());
    }

    /**
     * These rules and those of a folder of the user.
     *
     * @throws UserException when the folder cannot be listed or holds no {@code .sql} file
     */
    public RuleFolder and(Path folder) {
        List<RuleFile> all = new ArrayList<>(rules);
        List<String> wrong = new ArrayList<>(faults);
        Map<String, String> taken = new HashMap<>();
        rules.forEach(rule -> taken.put(rule.id(), rule.path()));
        for (Path file : files(folder)) {
            try {
                RuleFile rule = RuleFile.parse(file.toString(), Files.readString(file));
                String other = taken.putIfAbsent(rule.id(), rule.path());
                if (other == null) {
                    all.add(rule);
                } else {
                    wrong.add(file + ":1: the id " + rule.id() + " is that of " + other + "; take another");
                }
            } catch (UserException e) {
                wrong.add(e.getMessage());
            } catch (CharacterCodingException e) {
                wrong.add(file + ":1: is no UTF-8 text");
            } catch (IOException e) {
                wrong.add(file + ": cannot be read: " + e.getMessage());
            }
        }
        return new RuleFolder(all, wrong);
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw UserException.usage(folder + " is no folder; --rules names one with .sql files in it");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(
                            entry -> String.valueOf(entry.getFileName()).endsWith(SUFFIX))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw UserException.usage(folder + " holds no rule: no file in it ends in .sql");
            }
            return files;
        } catch (IOException e) {
            throw UserException.usage(folder + " cannot be listed: " + e.getMessage(), e);
        }
    }
}
