package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.UserException;

/** What may lie where a file is to be written. */
class OutputFileTest {
    @TempDir
    Path folder;

    private static void write(Path target, String text) throws IOException {
        try (OutputFile file = OutputFile.of(target)) {
            Files.writeString(file.path(), text);
            file.complete();
        }
    }

    @Test
    void anArchiveIsNeverReplaced() throws IOException {
        Path archive = folder.resolve("host.tar.zst");
        byte[] kept = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 1, 2, 3};
        Files.write(archive, kept);

        assertThatThrownBy(() -> write(archive, "<html>"))
                .isInstanceOf(UserException.class)
                .hasMessage(archive + " is an archive, which would be lost; name another file");
        assertThat(archive).hasBinaryContent(kept);
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path page = Files.writeString(folder.resolve("page.html"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("latest.html"), page);

        write(link, "new");

        assertThat(link).isSymbolicLink();
        assertThat(page).hasContent("new");
    }

    @Test
    void aDeviceIsWrittenToAndStays() throws IOException {
        Path device = Path.of("/dev/null");

        write(device, "nothing is kept");

        assertThat(Files.isRegularFile(device)).isFalse();
        assertThat(Files.exists(device)).isTrue();
    }

    @Test
    void onlyTheFileIsLeft() throws IOException {
        Path page = folder.resolve("page.html");

        write(page, "new");

        assertThat(page).hasContent("new");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(page);
        }
    }
}
