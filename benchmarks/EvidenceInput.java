import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * What {@code benchmarks/evidence} reads: always the same bytes, made of the genuine texts in testdata/tools.
 *
 * <pre>
 * java EvidenceInput.java sa TESTDATA FOLDER DAYS          saYYYYMMDD, a record every ten minutes
 * java EvidenceInput.java osw TESTDATA FOLDER MEGABYTES    an OSWatcher archive of 30 s, 200 processes, so large unpacked
 * </pre>
 */
public final class EvidenceInput {
    private static final Instant START = Instant.parse("2026-10-01T00:00:00Z");
    private static final int PROCESSES = 200;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' yyyy", Locale.ROOT);

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        if (arguments[0].equals("sa")) {
            history(Path.of(arguments[1]), folder, Integer.parseInt(arguments[3]));
        } else {
            watched(Path.of(arguments[1]), folder, Long.parseLong(arguments[3]) << 20);
        }
    }

    /** The header of a genuine file, and its first record again and again with another time and other memory. */
    private static void history(Path testdata, Path folder, int days) throws IOException {
        byte[] sample = Files.readAllBytes(testdata.resolve("tools/sysstat/sa.x86_64-v12.6.1"));
        ByteBuffer in = ByteBuffer.wrap(sample).order(ByteOrder.LITTLE_ENDIAN);
        int headerSize = in.getInt(8);
        int ints = 76 + 8 * (in.getInt(16) + in.getInt(20));
        int activities = in.getInt(ints + 4);
        int actSize = in.getInt(ints + 36);
        int recSize = in.getInt(ints + 40);
        int recInts = 8 * (in.getInt(ints + 24) + in.getInt(ints + 28));
        int recType = recInts + 4 * in.getInt(ints + 32);
        int list = 76 + headerSize;
        int body = list + activities * actSize;
        int record = body;
        while (in.get(record + recType) != 1) {
            // a restart record is followed by the number of processors, a comment by its text
            record += recSize + (in.get(record + recType) == 2 ? 4 : 64);
        }
        List<int[]> memory = new ArrayList<>();
        int at = record + recSize;
        for (int i = 0; i < activities; i++) {
            int act = list + i * actSize;
            int n = in.getInt(act + 8);
            if (in.getInt(act + 16) != 0) {
                n = in.getInt(at);
                at += 4;
            }
            int size = in.getInt(act + 20);
            if (in.getInt(act) == 7) {
                memory.add(new int[] {at - record, size});
            }
            at += n * in.getInt(act + 12) * size;
        }
        byte[] template = java.util.Arrays.copyOfRange(sample, record, at);
        Random random = new Random(30);
        for (int day = 0; day < days; day++) {
            ZonedDateTime midnight = START.plusSeconds(86_400L * day).atZone(ZoneOffset.UTC);
            Path file = folder.resolve("sa" + midnight.format(DateTimeFormatter.BASIC_ISO_DATE).substring(0, 8));
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                out.write(sample, 0, body);
                for (int k = 0; k < 144; k++) {
                    ByteBuffer one = ByteBuffer.wrap(template.clone()).order(ByteOrder.LITTLE_ENDIAN);
                    ZonedDateTime now = midnight.plusMinutes(10L * k);
                    one.putLong(0, one.getLong(0) + (86_400L * day + 600L * k) * 100);
                    one.putLong(8, now.toEpochSecond());
                    one.put(recType + 1, (byte) now.getHour());
                    one.put(recType + 2, (byte) now.getMinute());
                    one.put(recType + 3, (byte) now.getSecond());
                    // free memory, the first member
                    int[] place = memory.get(0);
                    one.putLong(place[0], one.getLong(place[0]) - random.nextInt(100_000));
                    out.write(one.array());
                }
            }
        }
    }

    private static void watched(Path testdata, Path folder, long bytes) throws IOException {
        Path archive = testdata.resolve("tools/osw/archive");
        String meminfo = body(Files.readAllBytes(archive.resolve("oswmeminfo/vm_meminfo_26.11.22.2100.dat")));
        String slabinfo;
        try (GZIPInputStream in =
                new GZIPInputStream(Files.newInputStream(archive.resolve("oswslabinfo/vm_slabinfo_26.11.22.2100.dat.gz")))) {
            slabinfo = body(in.readAllBytes());
        }
        String vmstat = body(Files.readAllBytes(archive.resolve("oswvmstat/vm_vmstat_26.11.22.2100.dat")));
        Random random = new Random(2);
        long written = 0;
        for (int hour = 0; written < bytes; hour++) {
            ZonedDateTime begin = START.plusSeconds(3600L * hour).atZone(ZoneOffset.UTC);
            String stamp = begin.format(DateTimeFormatter.ofPattern("yy.MM.dd.HH00"));
            StringBuilder[] files = {
                new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder()
            };
            for (StringBuilder file : files) {
                file.append("Linux OSWbb v8.3.2\n");
            }
            for (int k = 0; k < 120; k++) {
                ZonedDateTime now = begin.plusSeconds(30L * k);
                String zzz = "zzz ***" + now.format(DATE) + "\n";
                files[0].append(zzz).append(meminfo);
                files[1].append(zzz).append(slabinfo);
                files[2].append(zzz).append(vmstat);
                ps(files[3].append(zzz), random, hour * 120 + k);
                top(files[4].append(zzz), random, hour * 120 + k, now);
            }
            String[] kinds = {"meminfo", "slabinfo", "vmstat", "ps", "top"};
            for (int i = 0; i < kinds.length; i++) {
                Path sub = Files.createDirectories(folder.resolve("osw" + kinds[i]));
                byte[] text = files[i].toString().getBytes(StandardCharsets.UTF_8);
                Files.write(sub.resolve("vm_" + kinds[i] + "_" + stamp + ".dat"), text);
                written += text.length;
            }
        }
    }

    /** What stands below the first line of time. */
    private static String body(byte[] file) {
        String text = new String(file, StandardCharsets.UTF_8);
        int from = text.indexOf('\n', text.indexOf("zzz ***")) + 1;
        int to = text.indexOf("zzz ***", from);
        return text.substring(from, to < 0 ? text.length() : to);
    }

    private static long resident(int process, int sample, Random random) {
        return process == 7 ? 20_000 + 4L * sample : 8_000 + 400L * process + random.nextInt(300);
    }

    private static void ps(StringBuilder out, Random random, int sample) {
        out.append("F S UID          PID    PPID  C PRI  NI ADDR SZ WCHAN  STIME TTY          TIME CMD\n");
        for (int i = 1; i <= PROCESSES; i++) {
            out.append(String.format(
                    Locale.ROOT, "4 S oracle %10d %7d  0  80   0 - %6d -      Sep30 ?        00:00:01 ora_p%03d_prod%n",
                    1000 + i, 1, (resident(i, sample, random) + 900_000) / 4, i));
        }
    }

    private static void top(StringBuilder out, Random random, int sample, ZonedDateTime now) {
        out.append("top - ").append(now.format(DateTimeFormatter.ofPattern("HH:mm:ss")));
        out.append(" up 90 days,  3:00,  1 user,  load average: 0.50, 0.40, 0.30\n");
        out.append("Tasks: 200 total,   1 running, 199 sleeping,   0 stopped,   0 zombie\n");
        out.append("%Cpu(s):  1.0 us,  1.0 sy,  0.0 ni, 98.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n");
        out.append("MiB Mem :  24105.6 total,  19983.0 free,    689.0 used,   3843.5 buff/cache\n");
        out.append("MiB Swap:      0.0 total,      0.0 free,      0.0 used.  23416.6 avail Mem\n\n");
        out.append("    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n");
        for (int i = 1; i <= PROCESSES; i++) {
            long resident = resident(i, sample, random);
            out.append(String.format(
                    Locale.ROOT, "%7d oracle    20   0 %7d %6d %6d S   0.0   0.1   0:01.00 ora_p%03d_prod%n",
                    1000 + i, resident + 900_000, resident, 4_000, i));
        }
        out.append('\n');
    }

    private EvidenceInput() {}
}
