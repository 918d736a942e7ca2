package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.postmem.collector.archive.SegmentSigner;

/** The key of {@code --sign}. */
final class SigningKey {
    private SigningKey() {}

    /**
     * Reads it; a key that others may read is used all the same, as it is the only one there, and named.
     *
     * @param file null for no signatures, which gives null
     */
    static SegmentSigner of(Path file, Consumer<String> progress) throws IOException {
        if (file == null) {
            return null;
        }
        SegmentSigner signer = SegmentSigner.of(file);
        if (signer.exposed() != null) {
            progress.accept(
                    "WARNING: others may read or change the signing key " + file + " (" + signer.exposed()
                            + "), and whoever has it can sign anything; chmod 600 it, and make a new one if it was so for long");
        }
        return signer;
    }
}
