import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.EveryReader;

/**
 * What Jazzer calls. {@code -Dpostmem.reader=NAME} feeds one reader; {@code all} takes the first byte for the number of the
 * reader and the rest for its text, so that one process reaches them all.
 *
 * <pre>
 * EvidenceFuzzer seeds CORPUS READER FOLDER…      genuine texts as inputs of that reader; for all, each for the one it is for
 * EvidenceFuzzer number CORPUS FOLDER READER MOST  the small inputs of one reader as inputs for all
 * EvidenceFuzzer keep CORPUS FOLDER MOST_BYTES    the small inputs of a corpus as texts: FOLDER/READER/…
 * </pre>
 */
public final class EvidenceFuzzer {
    private static final String NAME = System.getProperty("postmem.reader", "all");
    private static final List<String> NAMES = new ArrayList<>(EveryReader.byName().keySet());
    private static final List<EveryReader.Reader> READERS = new ArrayList<>(EveryReader.byName().values());
    private static final int LONGEST_SEED = 60_000;
    private static final long MOST_CPU_NANOS = 5_000_000_000L;
    private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static long slowestNanos;
    private static int slowestBytes;

    private EvidenceFuzzer() {}

    /** Loads the classes before the clock of the first input runs: on a busy machine that took longer than a hang may. */
    public static void fuzzerInitialize() throws Exception {
        for (int i = 0; i < READERS.size(); i++) {
            if (NAME.equals("all") || NAMES.get(i).equals(NAME)) {
                READERS.get(i).read(new byte[0]);
                READERS.get(i).read("1 a\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }
        }
    }

    /**
     * The five seconds of an input are CPU time: a clock on the wall also counts how long a busy machine let it wait. It is
     * the time of the whole process, for the garbage of an input is its doing too.
     */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        long start = PROCESS.getProcessCpuTime();
        read(input);
        long nanos = PROCESS.getProcessCpuTime() - start;
        if (nanos > slowestNanos) {
            slowestNanos = nanos;
            slowestBytes = input.length;
        }
        if (nanos > MOST_CPU_NANOS) {
            throw new IllegalStateException("an input of " + input.length + " bytes took " + seconds(nanos));
        }
    }

    private static void read(byte[] input) throws IOException {
        if (!NAME.equals("all")) {
            READERS.get(NAMES.indexOf(NAME)).read(input);
        } else if (input.length > 0) {
            READERS.get((input[0] & 0xff) % READERS.size()).read(Arrays.copyOfRange(input, 1, input.length));
        }
    }

    /** The most that the heap held counts garbage, and what the fuzzer itself keeps there. */
    public static void fuzzerTearDown() {
        long heapBytes = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        System.err.println("slowest input " + seconds(slowestNanos) + " (" + slowestBytes + " bytes), highest heap "
                + (heapBytes >> 20) + " MiB");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s of CPU", nanos / 1e9);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("number")) {
            number(Path.of(arguments[1]), Path.of(arguments[2]), arguments[3], Long.parseLong(arguments[4]));
            return;
        }
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        if (arguments[0].equals("keep")) {
            keep(folder, Path.of(arguments[2]), Long.parseLong(arguments[3]));
            return;
        }
        boolean forAll = arguments[2].equals("all");
        for (String from : Arrays.asList(arguments).subList(3, arguments.length)) {
            for (Path file : below(Path.of(from))) {
                byte[] text = Files.readAllBytes(file);
                if (text.length > LONGEST_SEED) {
                    text = Arrays.copyOf(text, LONGEST_SEED);
                }
                boolean archive = text.length > 4 && text[0] == 0x1f;
                EvidenceKind kind = EvidenceKind.of(file.toString(), text);
                int reader = NAMES.indexOf(archive ? "archive" : kind.name().toLowerCase(Locale.ROOT));
                Files.write(
                        folder.resolve("seed-" + file.toString().replace('/', '_')),
                        forAll ? numbered(reader, text) : text);
            }
        }
    }

    private static void number(Path corpus, Path folder, String reader, long mostBytes) throws IOException {
        for (Path file : below(corpus)) {
            boolean seed = file.getFileName().toString().startsWith("seed-");
            if (!seed && Files.size(file) > 0 && Files.size(file) < mostBytes) {
                Files.write(
                        folder.resolve(reader + "-" + file.getFileName()),
                        numbered(NAMES.indexOf(reader), Files.readAllBytes(file)));
            }
        }
    }

    private static void keep(Path corpus, Path folder, long mostBytes) throws IOException {
        for (Path file : below(corpus)) {
            byte[] input = Files.readAllBytes(file);
            if (input.length > 1 && input.length <= mostBytes) {
                Path of = Files.createDirectories(folder.resolve(NAMES.get((input[0] & 0xff) % READERS.size())));
                String name = HexFormat.of().toHexDigits(Arrays.hashCode(input));
                Files.write(of.resolve(name), Arrays.copyOfRange(input, 1, input.length));
            }
        }
    }

    private static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static byte[] numbered(int reader, byte[] text) {
        byte[] input = new byte[text.length + 1];
        input[0] = (byte) reader;
        System.arraycopy(text, 0, input, 1, text.length);
        return input;
    }
}
