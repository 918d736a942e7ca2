package org.postmem.tools;

import java.util.List;
import java.util.function.Function;
import org.postmem.procfs.Mapping;

/**
 * The mappings of one process, summed by name and permissions as {@link Mapping} says.
 *
 * @param pid {@code null} where neither the text nor its name says whose they are
 */
public record ProcessMappings(Integer pid, String command, List<Mapping> mappings) {
    public ProcessMappings {
        mappings = List.copyOf(mappings);
    }

    /** What one part of all of them comes to; {@code null} where one of them lacks it, and where there are none. */
    Long sum(Function<Mapping, Long> part) {
        long sum = 0;
        for (Mapping mapping : mappings) {
            Long bytes = part.apply(mapping);
            if (bytes == null || bytes > Long.MAX_VALUE - sum) {
                return null;
            }
            sum += bytes;
        }
        return mappings.isEmpty() ? null : Long.valueOf(sum);
    }
}
