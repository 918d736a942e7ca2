import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceLimits;
import org.postmem.evidence.Originals;
import org.postmem.ingest.CaseTables;
import org.postmem.ingest.EvidenceIngest;
import org.postmem.sql.CaseDatabase;

/**
 * Reads a folder of evidence into a case and nothing more: no views, no rules, no page. Times begin when the case is open.
 *
 * <pre>
 * java -cp postmem.jar EvidenceReading.java FOLDER [DATABASE]    the case in memory, or kept in that file
 * </pre>
 */
public final class EvidenceReading {
    public static void main(String[] arguments) throws IOException {
        List<EvidenceFiles.Named> files = EvidenceFiles.below(Path.of(arguments[0]));
        long memory = CaseDatabase.defaultMemoryBytes();
        try (CaseDatabase database = arguments.length > 1
                ? CaseDatabase.inFile(Path.of(arguments[1]), memory)
                : CaseDatabase.inMemory(memory)) {
            CaseTables tables = new CaseTables(database.connection());
            long wall = System.nanoTime();
            long cpu = cpu();
            EvidenceIngest.Loaded loaded = new EvidenceIngest(tables)
                    .load(1, Originals.of(files, EvidenceLimits.STANDARD), "evidence", null, n -> {});
            System.out.printf(
                    Locale.ROOT,
                    "%.2f s wall, %.2f s CPU, %s snapshots, %d warnings%n",
                    (System.nanoTime() - wall) / 1e9,
                    (cpu() - cpu) / 1e9,
                    loaded.captures().values(),
                    loaded.warnings().size());
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private EvidenceReading() {}
}
