package org.postmem.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.postmem.sysstat.SystemActivityException;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.Reading;
import org.postmem.tools.SlashDates;
import org.postmem.tools.ToolReaders;

/** Which readings may never be of one moment, because one and the same reader made them. */
class ReaderNumbersTest {
    private static final Path TESTDATA = Path.of(System.getProperty("postmem.root"), "testdata");

    private final ReaderNumbers readers = new ReaderNumbers();
    private int files;

    private int reader(EvidenceKind kind, String member, String sample, boolean alone)
            throws IOException, SystemActivityException {
        byte[] text = Files.readAllBytes(TESTDATA.resolve(sample));
        Reading reading = ToolReaders.read(kind, member, text, new SlashDates.Beside(null, null))
                .value()
                .readings()
                .get(0);
        return readers.of(new EvidenceSource(++files, member, kind, null, text.length), reading, alone);
    }

    private int meminfo(String member) throws IOException, SystemActivityException {
        return reader(EvidenceKind.HOST_FILE, member, "proc/6.18-meminfo.txt", true);
    }

    private int free(String member, boolean alone) throws IOException, SystemActivityException {
        return reader(EvidenceKind.FREE, member, "tools/text/free.txt", alone);
    }

    @Test
    void theFilesOfOneCopyOfProcHaveOneReaderAndEachCopyItsOwn() throws Exception {
        int first = meminfo("snap/00001.tar.gz/proc/meminfo");
        assertThat(first).isNegative();
        assertThat(reader(
                        EvidenceKind.HOST_FILE, "snap/00001.tar.gz/proc/4711/status", "proc/6.18-pid-status.txt", true))
                .isEqualTo(first);
        assertThat(meminfo("snap/00002.tar.gz/proc/meminfo")).isNegative().isNotEqualTo(first);
    }

    @Test
    void theFilesOfAScriptThatKeepsOneReadingInEachHaveOneReader() throws Exception {
        int first = free("free.20261128-2035.txt", true);
        assertThat(free("free.20261128-2036.txt", true)).isEqualTo(first);
        assertThat(free("memory_2037.txt", true)).isNotEqualTo(first);
        int meminfo = meminfo("2026-11-28_20-35-43/meminfo");
        assertThat(meminfo("meminfo.1795896943")).isEqualTo(meminfo).isNotEqualTo(first);
    }

    @Test
    void aFileWithASeriesIsAReaderByItself() throws Exception {
        assertThat(free("free.1.txt", false)).isEqualTo(1);
        assertThat(free("free.2.txt", false)).isEqualTo(2);
        // a script lays the mappings of each process into a file of its own
        assertThat(reader(EvidenceKind.HOST_FILE, "911-smaps", "proc/6.18-pid-smaps.txt", true))
                .isEqualTo(3);
    }
}
