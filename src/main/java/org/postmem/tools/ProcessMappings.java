package org.postmem.tools;

import java.util.List;
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
}
