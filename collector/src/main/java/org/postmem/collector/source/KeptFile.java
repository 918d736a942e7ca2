package org.postmem.collector.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file of the kernel's that is read at every tick: opened once and from then on read from its start, for which the
 * kernel makes its text anew each time. That saves finding, opening and closing it, half of what a small file costs.
 *
 * <p>Only a file that tells no size is kept, as those of proc and of control groups do: one on a disk may be replaced by
 * another of its name. What does not answer any more, like a group that was removed, is asked for by its name again.
 */
final class KeptFile {
    private final String path;
    /** Null while it is not kept. */
    private FileChannel channel;

    private boolean looked;

    KeptFile(String path) {
        this.path = path;
    }

    /** As {@link WholeFile#read(String)}. */
    String read(WholeFile file) {
        if (channel != null) {
            String outcome = file.read(channel);
            if (Outcome.hasBytes(outcome)) {
                return outcome;
            }
            release();
        }
        String outcome = file.read(path);
        if (outcome == null && !looked) {
            looked = true;
            keep();
        }
        return outcome;
    }

    private void keep() {
        Path file = Path.of(path);
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile() && attributes.size() == 0) {
                channel = FileChannel.open(file, StandardOpenOption.READ);
            }
        } catch (IOException e) {
            // then it is opened each time, and says itself what is wrong
        }
    }

    void release() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // was only read
            }
            channel = null;
            looked = false;
        }
    }
}
