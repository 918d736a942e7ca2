package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchiveAttachmentTest {
    @TempDir
    Path folder;

    private Path archive(Compression compression) throws IOException {
        Path path = folder.resolve("lab." + compression.suffix());
        Archives.write(path, compression, 2, 5);
        return path;
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(
                Files.createDirectories(folder.resolve("in" + name.hashCode())).resolve(name), text);
    }

    private static Map<String, String> attached(Path archive) throws IOException {
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            assertThat(Archives.readable(reader)).isEqualTo(Archives.expectedUpTo(5));
            Map<String, String> texts = new LinkedHashMap<>();
            reader.attachments().forEach((name, text) -> texts.put(name, new String(text, StandardCharsets.UTF_8)));
            return texts;
        }
    }

    @ParameterizedTest
    @EnumSource
    void addsFilesBehindWhatIsThereAndTheArchiveStaysIntact(Compression compression) throws IOException {
        Path archive = archive(compression);
        byte[] before = Files.readAllBytes(archive);
        ArchiveAttachment.attach(
                archive,
                List.of(file("dmesg.txt", "[1.0] first\n"), file("empty", ""), file("big", "x".repeat(1_000_003))),
                Archives.CLOCK);
        assertThat(Arrays.copyOf(Files.readAllBytes(archive), before.length)).isEqualTo(before);
        assertThat(attached(archive))
                .isEqualTo(Map.of(
                        "attached/dmesg.txt", "[1.0] first\n",
                        "attached/empty", "",
                        "attached/big", "x".repeat(1_000_003)));
        assertThat(ArchiveVerifier.verify(archive).whole()).isTrue();

        ArchiveAttachment.attach(archive, List.of(file("strace", "brk(NULL)\n")), Archives.CLOCK);
        assertThat(attached(archive)).hasSize(4).containsEntry("attached/strace", "brk(NULL)\n");
        ArchiveVerifier.Result result = ArchiveVerifier.verify(archive);
        assertThat(result.whole()).isTrue();
        assertThat(result.segments()).extracting(SegmentState::segment).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aNameThatIsTakenGetsANumber() throws IOException {
        Path archive = archive(Compression.ZSTD);
        Path other = Files.writeString(
                Files.createDirectories(folder.resolve("other")).resolve("dmesg.txt"), "second");
        List<ArchiveAttachment.Attached> first =
                ArchiveAttachment.attach(archive, List.of(file("dmesg.txt", "first"), other), Archives.CLOCK);
        assertThat(first)
                .extracting(ArchiveAttachment.Attached::name)
                .containsExactly("attached/dmesg.txt", "attached/dmesg-2.txt");
        ArchiveAttachment.attach(archive, List.of(file("dmesg.txt", "third")), Archives.CLOCK);
        assertThat(attached(archive))
                .isEqualTo(Map.of(
                        "attached/dmesg.txt", "first",
                        "attached/dmesg-2.txt", "second",
                        "attached/dmesg-3.txt", "third"));
    }

    @Test
    void aHostileNameBecomesAPlainOne() throws IOException {
        Path archive = archive(Compression.ZSTD);
        List<Path> files =
                List.of(file("a\nb\\c\u202etxt", "1"), file("..x", "2"), file("n".repeat(250), "3"), file("-rf", "4"));
        ArchiveAttachment.attach(archive, files, Archives.CLOCK);
        assertThat(attached(archive))
                .isEqualTo(Map.of(
                        "attached/a_b_c_txt",
                        "1",
                        "attached/..x",
                        "2",
                        "attached/" + "n".repeat(120),
                        "3",
                        "attached/-rf",
                        "4"));
        assertThat(ArchiveAttachment.safe("..")).isEqualTo("_");
    }

    @Test
    void moreThanTheCapIsRefusedAndNothingIsChanged() throws IOException {
        Path archive = archive(Compression.ZSTD);
        byte[] before = Files.readAllBytes(archive);
        Path large = file("large", "");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((100L << 20) + 1);
        }
        assertThatThrownBy(() -> ArchiveAttachment.attach(archive, List.of(large), Archives.CLOCK))
                .isInstanceOf(ArchiveException.class)
                .hasMessage(large + " of 104857601 bytes: with it more than 100 MiB would be attached to " + archive
                        + "; attach the part that matters");
        assertThat(Files.readAllBytes(archive)).isEqualTo(before);
    }

    @Test
    void refusesWhatCannotBeAttached() throws IOException {
        Path archive = archive(Compression.ZSTD);
        byte[] before = Files.readAllBytes(archive);
        for (Path file : List.of(folder, folder.resolve("none"), archive)) {
            assertThatThrownBy(() -> ArchiveAttachment.attach(archive, List.of(file), Archives.CLOCK))
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageStartingWith(file.toString());
        }
        assertThat(Files.readAllBytes(archive)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnArchiveAsLongAsItIsBeingWritten(Compression compression) throws IOException {
        Path open = folder.resolve("open");
        Path file = file("dmesg", "text");
        try (ArchiveWriter writer = ArchiveWriter.create(
                open, Archives.options(compression, 3), Archives.CAPTURE, Archives.CLOCK, segment -> {})) {
            // the third closes a segment: the end is whole, and yet not the end
            for (int number = 1; number <= 3; number++) {
                Archives.write(writer, number);
                byte[] before = Files.readAllBytes(open);
                assertThatThrownBy(() -> ArchiveAttachment.attach(open, List.of(file), Archives.CLOCK))
                        .isInstanceOf(ArchiveException.class)
                        .hasMessageContaining("still being written");
                assertThat(Files.readAllBytes(open)).isEqualTo(before);
            }
        }
        ArchiveAttachment.attach(open, List.of(file), Archives.CLOCK);
        assertThat(ArchiveVerifier.verify(open).whole()).isTrue();
    }
}
