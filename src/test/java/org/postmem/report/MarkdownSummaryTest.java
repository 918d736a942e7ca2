package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Analysis;
import org.postmem.findings.Verdict;

class MarkdownSummaryTest {
    private static final Analysis.Capture CAPTURE = new Analysis.Capture(
            1,
            "shop-3.tar.zst",
            "shop-3",
            "6.1.0-40-amd64",
            Instant.parse("2026-11-22T02:41:00Z"),
            Instant.parse("2026-11-22T03:00:30Z"),
            120,
            List.of());

    @Test
    void saysTheVerdictTheFindingsAndWhatToRunNext() {
        Analysis analysis = new Analysis(List.of(CAPTURE), DemoCase.leaking(), DemoCase.findings());

        assertThat(new MarkdownSummary("en", "0.1.0").of(analysis)).isEqualTo("""
                        ## ordersvc (pid 241) leaks private anonymous memory: 380 MiB since 10:42, still growing.

                        - **shop-3**, Linux 6.1.0-40-amd64 (shop-3.tar.zst): 2026-11-22 02:41:00 UTC – 2026-11-22 03:00:30 UTC, 120 snapshots, gaps: 0

                        | severity | finding | growth | rate | share of the loss | since |
                        | :-- | :-- | --: | --: | --: | :-- |
                        | critical | R05-1: ordersvc (pid 241) leaks private anonymous memory | +380\u00a0MiB | 360\u00a0KiB/s | 97\u00a0% | 2026-11-22 02:42:00 UTC |
                        | warning | R29-1: The next OOM victim is not the cause: dbserver (pid 88) | – | – | – | – |

                        ### R05-1: ordersvc (pid 241) leaks private anonymous memory

                        RssAnon grew by 380 MiB and never fell; nearly all of it lies in \\[heap\\].

                        - Restart ordersvc before 11:14.
                        - Compare with the release before &lt;1.4&gt;.

                        Next commands:

                        ```sh
                        memleak-bpfcc -p 241 -a 10 6 > memleak.txt
                        jcmd 241 GC.heap_info
                        ```

                        Evidence (each runs unchanged with postmem sql):

                        ```sql
                        SELECT snapshot, rss_anon_bytes FROM process_sample WHERE capture_id = 1 AND process_id = 2 ORDER BY snapshot
                        ```

                        ### R29-1: The next OOM victim is not the cause: dbserver (pid 88)

                        ordersvc runs with oom\\_score\\_adj −500, so the kernel would take dbserver.


                        Checked and found healthy: 1. Not checked for want of a file: 1. Made by postmem 0.1.0.
                        """);
    }

    @Test
    void whatAHostIsCalledStaysText() {
        Analysis.Capture hostile = new Analysis.Capture(
                1, "a|b.tar.zst", "<img src=x onerror=1>\n# @everyone", null, null, null, 0, List.of());
        Analysis analysis = new Analysis(
                List.of(hostile), new Verdict(false, "[click](http://x) `code` *bold* ![i](j)", null), List.of());

        assertThat(new MarkdownSummary("en", "0.1.0").of(analysis).lines())
                .startsWith(
                        "## \\[click\\](http:&#47;/x) \\`code\\` \\*bold\\* \\!\\[i\\](j)",
                        "",
                        "- **&lt;img src=x onerror=1&gt; \\# &#64;everyone** (a\\|b.tar.zst): Nothing can be said: the"
                                + " archive holds no whole snapshot");
    }
}
