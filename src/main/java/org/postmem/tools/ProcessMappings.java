package org.postmem.tools;

import java.util.List;
import org.postmem.procfs.Mapping;

/** The mappings of one process, summed by name and permissions as {@link Mapping} says. */
public record ProcessMappings(int pid, String command, List<Mapping> mappings) {
    public ProcessMappings {
        mappings = List.copyOf(mappings);
    }
}
