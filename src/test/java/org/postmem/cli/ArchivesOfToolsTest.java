package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;

/**
 * The archives in which support gets what tools wrote: the layout of each around genuine texts. The texts are of one host,
 * of the hour from 2026-11-22 21:00 UTC.
 */
class ArchivesOfToolsTest {
    private static final Path TESTDATA = Path.of(System.getProperty("postmem.root"), "testdata");
    private static final Instant WRITTEN = Instant.parse("2026-11-22T21:05:40Z");

    @TempDir
    Path folder;

    private static byte[] text(String name) throws IOException {
        return Files.readAllBytes(TESTDATA.resolve(name));
    }

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void tar(OutputStream packing, Map<String, byte[]> files) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(packing)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setModTime(Date.from(WRITTEN));
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
    }

    private Run report(Path input) {
        return Run.of(
                "report",
                input,
                "--output",
                folder.resolve("report.html"),
                "--database",
                folder.resolve("case.duckdb"));
    }

    private String sql(String query) {
        return Run.of("sql", folder.resolve("case.duckdb"), query, "--format=csv")
                .out();
    }

    /** The top folder, and what both the third and the fourth generation of sos collect. */
    private static Map<String, byte[]> sos(String top, String host) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(top + "/proc/meminfo", text("proc/6.18-meminfo.txt"));
        files.put(top + "/proc/vmstat", text("proc/6.18-vmstat.txt"));
        files.put(top + "/proc/buddyinfo", text("proc/6.18-buddyinfo.txt"));
        files.put(top + "/proc/vmallocinfo", text("proc/6.18-vmallocinfo.txt"));
        files.put(top + "/proc/slabinfo", text("proc/6.18-slabinfo.txt"));
        files.put(top + "/etc/hostname", line(host));
        files.put(top + "/sos_commands/process/ps_auxwwwm", text("tools/text/ps_auxwwwm.txt"));
        files.put(top + "/sos_commands/memory/swapon_--summary_--verbose", line("Filename Type"));
        files.put(top + "/version.txt", line("report: 3.9"));
        return files;
    }

    @Test
    void readsASosreportOfTheThirdGeneration() throws IOException {
        Map<String, byte[]> files = sos("sosreport-db7-2026-11-22-abcdefg", "db7");
        files.put("sosreport-db7-2026-11-22-abcdefg/sos_commands/filesys/df_-al", text("tools/text/df-Tk.txt"));
        Path archive = folder.resolve("sosreport-db7-2026-11-22-abcdefg.tar.xz");
        try (OutputStream out = Files.newOutputStream(archive)) {
            tar(new XZCompressorOutputStream(out), files);
        }

        Run run = report(archive);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT origin, host FROM capture")).isEqualTo("origin,host\nevidence,db7\n");
        assertThat(
                        sql(
                                "SELECT regexp_extract(member, '[^/]+$') AS file, kind, time_from, tables FROM evidence_source ORDER BY file"))
                .isEqualTo("""
                        file,kind,time_from,tables
                        buddyinfo,host_file,file date,buddyinfo
                        df_-al,df,file date,filesystem
                        hostname,host_name,text,
                        meminfo,host_file,file date,meminfo
                        ps_auxwwwm,ps,file date,process_sample
                        slabinfo,host_file,file date,slabinfo
                        vmallocinfo,host_file,file date,vmallocinfo
                        vmstat,host_file,file date,vmstat
                        """);
        assertThat(
                        sql(
                                "SELECT s.ts, m.mem_total_bytes FROM meminfo AS m JOIN snapshot AS s USING (capture_id, snapshot)"))
                .isEqualTo("ts,mem_total_bytes\n2026-11-22T21:05:40Z,25276502016\n");
        assertThat(
                        sql(
                                "SELECT p.pid, s.rss_bytes FROM process_sample AS s JOIN process AS p USING (capture_id, process_id) ORDER BY p.pid"))
                .isEqualTo("pid,rss_bytes\n1,3293184\n2,114532352\n3,1794048\n88,4583424\n");
        assertThat(sql("SELECT mount_point, total_bytes, used_bytes FROM filesystem WHERE fstype = 'tmpfs' ORDER BY 1"))
                .isEqualTo(
                        "mount_point,total_bytes,used_bytes\n/dev/shm,25276502016,0\n/sys/fs/cgroup,12638248960,0\n");
    }

    @Test
    void readsAnObfuscatedSosreportOfTheFourthGenerationWithItsHistory() throws IOException {
        String top = "sosreport-host0-2026-11-22-abcdefg-obfuscated";
        Map<String, byte[]> files = sos(top, "host0");
        files.put(top + "/sos_commands/filesys/df_-al_-x_autofs", text("tools/text/df-Tk.txt"));
        files.put(top + "/sos_commands/sar/sar22", text("tools/text/sar-r-ALL.txt"));
        files.put(top + "/sos_commands/kernel/dmesg", text("oom/debian-6.1.176-global.txt"));
        files.put(top + "/sos_reports/manifest.json", line("{\"version\": \"4.7\"}"));
        Path archive = folder.resolve(top + ".tar.gz");
        try (OutputStream out = Files.newOutputStream(archive)) {
            tar(new GZIPOutputStream(out), files);
        }

        Run run = report(archive);

        assertThat(run.exitCode()).isZero();
        // the history still has the true name of the host; a sosreport is of one host all the same
        assertThat(sql("SELECT host, (SELECT count(*) FROM evidence_source) AS files FROM capture"))
                .isEqualTo("host,files\nhost0,10\n");
        assertThat(sql("SELECT host FROM evidence_source WHERE kind = 'sar'")).isEqualTo("host\nvm\n");
        assertThat(sql("SELECT count(*) AS kills FROM oom_kill")).isEqualTo("kills\n1\n");
    }

    /** Unpacks a sosreport whose history has another name of the host than the rest. */
    private Path unpacked(String parent, String host) throws IOException {
        Path top = folder.resolve(parent).resolve("sosreport");
        Map<String, byte[]> files = sos("", host);
        files.put("/sos_commands/sar/sar22", text("tools/text/sar-r-ALL.txt"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path to = top.resolve(file.getKey().substring(1));
            Files.createDirectories(to.getParent());
            Files.write(to, file.getValue());
            Files.setLastModifiedTime(to, FileTime.from(WRITTEN));
        }
        return top;
    }

    @Test
    void readsTheFolderOfASosreportAsOneHost() throws IOException {
        Run run = report(unpacked("a", "db7"));

        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT host, (SELECT count(*) FROM evidence_source) AS files FROM capture"))
                .isEqualTo("host,files\ndb7,8\n");
    }

    @Test
    void keepsTwoFoldersWithFilesOfOneNameApart() throws IOException {
        Run run = Run.of(
                "report",
                unpacked("a", "db7"),
                unpacked("b", "db8"),
                "--output",
                folder.resolve("report.html"),
                "--database",
                folder.resolve("case.duckdb"));

        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT c.host, count(*) AS files FROM capture AS c JOIN evidence_source USING (capture_id)"
                        + " GROUP BY ALL ORDER BY ALL"))
                .isEqualTo("host,files\ndb7,8\ndb8,8\n");
    }

    @Test
    void readsWhatSmemcapWrote() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("meminfo", text("proc/6.18-meminfo.txt"));
        files.put("version", line("Linux version 6.18.44 (gcc) #1 SMP"));
        files.put("2/smaps", text("proc/6.18-pid-smaps.txt"));
        files.put("2/cmdline", "python3\0-c\0import mmap\0".getBytes(StandardCharsets.UTF_8));
        files.put(
                "2/stat",
                line("2 (python3) S 1 1 1 0 -1 4194560 27300 0 0 0 30 10 0 0 20 0 1 0 500 117665792 27962 0 0"));
        files.put("7/smaps", new byte[0]);
        Path archive = folder.resolve("smemcap.tar");
        try (OutputStream out = Files.newOutputStream(archive)) {
            tar(out, files);
        }

        Run run = report(archive);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT pid, name, command FROM process"))
                .isEqualTo("pid,name,command\n2,python3,python3 -c import mmap\n");
        assertThat(
                        sql(
                                "SELECT (SELECT sum(pss_bytes) FROM mapping) = pss_bytes AS whole, pss_bytes > 0 AS told FROM process_memory"))
                .isEqualTo("whole,told\ntrue,true\n");
        assertThat(sql("SELECT mem_total_bytes FROM meminfo")).isEqualTo("mem_total_bytes\n25276502016\n");
    }

    @Test
    void readsFilesOfExaWatcherByTheirNamesAndLinesOfTime() throws IOException {
        Path in = Files.createDirectories(folder.resolve("in/Meminfo.ExaWatcher"));
        String meminfo = new String(text("proc/6.18-meminfo.txt"), StandardCharsets.UTF_8);
        try (OutputStream out = new BZip2CompressorOutputStream(
                Files.newOutputStream(in.resolve("2026_11_22_21_00_00_MeminfoExaWatcher_dm01db01.example.dat.bz2")))) {
            out.write(("zzz <11/22/2026 21:00:00> Count:720\n" + meminfo + "zzz <11/22/2026 21:00:05> Count:719\n"
                            + meminfo)
                    .getBytes(StandardCharsets.UTF_8));
        }

        Run run = report(folder.resolve("in"));

        assertThat(run.exitCode()).isZero();
        assertThat(sql("SELECT host FROM capture")).isEqualTo("host\ndm01db01.example\n");
        assertThat(sql("SELECT kind, readings, from_ts, to_ts FROM evidence_source"))
                .isEqualTo("kind,readings,from_ts,to_ts\nframes,2,2026-11-22T21:00:00Z,2026-11-22T21:00:05Z\n");
    }

    @Test
    void datesFilesOfPtStalkByTheirNamesWhereTheyHaveNoTime() throws IOException {
        Path in = Files.createDirectory(folder.resolve("pt-stalk"));
        String meminfo = new String(text("proc/6.18-meminfo.txt"), StandardCharsets.UTF_8);
        Files.writeString(
                in.resolve("2026_11_22_21_05_16-meminfo"),
                "TS 1795381516.008 2026-11-22 21:05:16\n" + meminfo + "TS 1795381546.008 2026-11-22 21:05:46\n"
                        + meminfo);
        Files.write(in.resolve("2026_11_22_21_05_16-ps"), text("tools/text/ps_aux.txt"));
        Files.write(in.resolve("2026_11_22_21_05_16-top"), text("tools/text/top-b.txt"));
        Files.write(in.resolve("2026_11_22_21_05_16-hostname"), line("mysql1"));

        Run run = report(in);

        assertThat(run.err()).isEmpty();
        assertThat(sql("SELECT host FROM capture")).isEqualTo("host\nmysql1\n");
        assertThat(sql("SELECT kind, readings, from_ts, to_ts, time_from FROM evidence_source ORDER BY kind"))
                .isEqualTo("""
                        kind,readings,from_ts,to_ts,time_from
                        frames,2,2026-11-22T21:05:16Z,2026-11-22T21:05:46Z,text
                        host_name,0,,,text
                        ps,1,2026-11-22T21:05:16Z,2026-11-22T21:05:16Z,file name
                        top,2,2026-11-22T21:05:25Z,2026-11-22T21:05:26Z,"clock, day of the file name"
                        """);
    }
}
