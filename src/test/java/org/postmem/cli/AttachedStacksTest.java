package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.cli.AttachedStacks.Row;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Json.MalformedJsonException;

class AttachedStacksTest {
    private static final AttachedStacks STACKS = new AttachedStacks(List.of(
            new Row(
                    1,
                    "attached/a;b.txt",
                    7,
                    "main;leak_big+0x18 [leak]",
                    2150400L,
                    1536000L,
                    true,
                    "leak_big+0x18 [leak]"),
            new Row(1, "attached/a;b.txt", 7, "main;cache\n", 100L, -5L, false, "cache"),
            new Row(1, "alloc_traces", null, "xfer_submit", null, null, true, "xfer_submit")));

    @Test
    void foldsWhatEachStackHeldAtTheEnd() throws IOException {
        StringWriter out = new StringWriter();
        STACKS.writeFolded(out);
        assertThat(out).hasToString("""
            attached/a,b.txt pid 7;main;leak_big+0x18 [leak] 2150400
            attached/a,b.txt pid 7;main;cache  100
            """);
    }

    @Test
    void speedscopeHasAProfileOfWhatWasHeldAndOneOfWhatWasGained() throws MalformedJsonException {
        String json = STACKS.speedscope("1");
        assertThat(Json.readObject(json.getBytes(StandardCharsets.UTF_8)))
                .containsEntry("$schema", "https://www.speedscope.app/file-format-schema.json");
        assertThat(json)
                .contains(
                        "\"frames\":[{\"name\":\"main\"},{\"name\":\"leak_big+0x18 [leak]\"},{\"name\":\"cache\\n\"}]")
                .contains("\"name\":\"attached/a,b.txt pid 7: held at the end\",\"unit\":\"bytes\",\"startValue\":0,"
                        + "\"endValue\":2150500,\"samples\":[[0,1],[0,2]],\"weights\":[2150400,100]")
                .contains(
                        "gained\",\"unit\":\"bytes\",\"startValue\":0,\"endValue\":1536000,\"samples\":[[0,1]],\"weights\":[1536000]")
                .doesNotContain("xfer_submit");
    }
}
